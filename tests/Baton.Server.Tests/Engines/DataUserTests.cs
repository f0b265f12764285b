using Baton.Protocol.Commands;
using Baton.Server.Engines;
using Baton.Server.Engines.Wire;
using Baton.Server.Proxy.Commands;
using Xunit;

namespace Baton.Server.Tests.Engines;

/// <summary>What is refused by name is out of clients' reach on the engine itself, however it is said.</summary>
public sealed class DataUserTests
{
    public static TheoryData<EngineKind> Kinds => [EngineKind.Redis, EngineKind.Garnet];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task every_refused_command_the_engine_has_is_denied_to_clients_and_to_no_one_else(EngineKind kind)
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(kind);
        await using RespConnection cluster = await lab.ConnectAsync(engine);
        await using RespConnection clients = await lab.ConnectAsClientsAsync(engine);
        CommandInfo[] known = [.. CommandTable.FromCommandReply(await cluster.SendRawAsync(new RespBatch().Add("COMMAND"), lab.Token)).All];
        string[] denied = [.. RefusedCommands.Names.Intersect(known.Select(static command => command.Name))];

        foreach (string name in denied)
        {
            // Of a container, one of its parts: the engine looks for that first. And with as many words as it wants, which it counts before.
            CommandInfo one = known.FirstOrDefault(command => command.Name.StartsWith(name + "|", StringComparison.Ordinal))
                ?? known.Single(command => command.Name == name);
            string[] words = [.. one.Name.Split('|'), .. Enumerable.Repeat("x", 10)];
            RespReply reply = await clients.CallAsync(words[..Math.Max(Math.Abs(one.Arity), one.Name.Split('|').Length)], lab.Token);
            Assert.True(
                reply.Text.StartsWith("NOPERM", StringComparison.Ordinal) || reply.Text.Contains("command not allowed", StringComparison.Ordinal),
                $"{name}: {reply.Text}");
        }

        Assert.Contains("MIGRATE", denied);
        await clients.DemandAsync(["SET", "k", "v"], lab.Token);
        await clients.DemandAsync(["EVAL", "return redis.call('set', KEYS[1], 'w')", "1", "k"], lab.Token);
        await cluster.DemandAsync(["ACL", "SETUSER", "other", "on"], lab.Token);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task a_script_reaches_no_refused_command(EngineKind kind)
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(kind);
        await using RespConnection clients = await lab.ConnectAsClientsAsync(engine);
        await clients.DemandAsync(["SET", "k", "v"], lab.Token);

        foreach (string call in (string[])["'migrate','127.0.0.1','1','k','0','10'", "'readonly'", "'asking'"])
        {
            RespReply reply = await clients.CallAsync(["EVAL", $"return redis.call({call})", "0"], lab.Token);
            Assert.True(reply.IsError, $"{call}: {reply.Text}");
            Assert.Matches("NOPERM|can't run this command|ACL failure|Unknown Redis command|cluster support disabled", reply.Text);
        }

        Assert.Equal("v", (await clients.CallAsync(["GET", "k"], lab.Token)).Text);
    }

    [Fact]
    public async Task a_function_reaches_no_refused_command()
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(EngineKind.Redis);
        await using RespConnection clients = await lab.ConnectAsClientsAsync(engine);
        await clients.DemandAsync(
            [
                "FUNCTION", "LOAD",
                "#!lua name=l\nredis.register_function('f', function() return redis.call('migrate','127.0.0.1','1','k','0','10') end)",
            ],
            lab.Token);

        RespReply reply = await clients.CallAsync(["FCALL", "f", "0"], lab.Token);

        Assert.Matches("can't run this command", reply.Text);
    }

    [Fact]
    public async Task the_fence_of_garnet_holds_for_clients_too_and_gives_back_no_more_than_they_had()
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(EngineKind.Garnet);
        await using RespConnection cluster = await lab.ConnectAsync(engine);
        await using RespConnection clients = await lab.ConnectAsClientsAsync(engine);
        await clients.DemandAsync(["SET", "k", "v"], lab.Token);

        await Fences.CloseAsync(engine.Capabilities, cluster, MoverLimits.Default.RestLimit, lab.Token);
        Assert.StartsWith("NOPERM", (await clients.CallAsync(["SET", "k", "w"], lab.Token)).Text, StringComparison.Ordinal);
        Assert.Equal("v", (await clients.CallAsync(["GET", "k"], lab.Token)).Text);
        await Fences.OpenAsync(engine.Capabilities, cluster, lab.Token);

        await clients.DemandAsync(["SET", "k", "x"], lab.Token);
        Assert.StartsWith("NOPERM", (await clients.CallAsync(["ACL", "LIST"], lab.Token)).Text, StringComparison.Ordinal);
        Assert.StartsWith("NOPERM", (await clients.CallAsync(["DEBUG", "x"], lab.Token)).Text, StringComparison.Ordinal);
    }
}
