using Baton.Protocol.Commands;
using Baton.Server.Engines;
using Baton.Server.Engines.Wire;
using Xunit;

namespace Baton.Server.Tests.Engines;

public sealed class GarnetEngineTests() : ShardEngineContract(EngineKind.Garnet)
{
    [Fact]
    public async Task it_says_by_name_that_it_has_no_replicas()
    {
        await using EngineLab lab = new();
        IShardEngine one = await lab.StartAsync(EngineKind.Garnet);
        IShardEngine other = await lab.StartAsync(EngineKind.Garnet);

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => one.FollowAsync(other, lab.Token));

        Assert.Contains("has no replicas", refused.Message, StringComparison.Ordinal);
        Assert.False(one.Capabilities.Replication);
    }

    [Fact]
    public async Task more_than_fits_into_memory_is_never_dropped_and_is_told()
    {
        const int Keys = 30_000;
        const long Limit = 16L << 20;
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(EngineKind.Garnet, lab.Spec() with { Settings = new ShardSettings(Limit, "noeviction") });
        await using RespConnection client = await lab.ConnectAsync(engine);
        string value = new('x', 4000); // 120 MB in all: more than the log's memory, which is 64 MB here
        foreach (int[] numbers in Enumerable.Range(0, Keys).Chunk(1000))
        {
            RespBatch batch = new();
            foreach (int number in numbers)
            {
                batch.Add("SET", $"key:{number}", value);
            }

            Assert.DoesNotContain(await client.SendAsync(batch, lab.Token), reply => reply.IsError);
        }

        int missing = 0;
        foreach (int[] numbers in Enumerable.Range(0, Keys).Chunk(1000))
        {
            RespBatch batch = new();
            foreach (int number in numbers)
            {
                batch.Add("STRLEN", $"key:{number}");
            }

            missing += (await client.SendAsync(batch, lab.Token)).Count(reply => reply.Integer != value.Length);
        }

        Assert.Equal(0, missing);
        Assert.InRange((await engine.ProbeAsync(lab.Token)).UsedMemoryBytes, Limit, long.MaxValue);
    }

    [Fact]
    public async Task every_write_command_is_stopped_by_the_fence_and_comes_back_with_it()
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(EngineKind.Garnet);
        await using RespConnection client = await lab.ConnectAsync(engine);
        string[] writes = [.. engine.Capabilities.Commands.All
            .Where(command => command.Is(CommandFlags.Write) && !command.Name.Contains('|', StringComparison.Ordinal))
            .Select(command => command.Name)];

        await Fences.CloseAsync(engine.Capabilities, client, MoverLimits.Default.RestLimit, lab.Token);
        foreach (string command in writes)
        {
            string[] arguments = [command, "1", "1", "1", "1"];
            RespReply reply = await client.CallAsync(arguments, lab.Token);
            Assert.Matches("^(NOPERM|ERR)", reply.Text);
        }

        Assert.Equal(0, (await client.CallAsync(["DBSIZE"], lab.Token)).Integer);
        Assert.Contains("SET", writes);
        await Fences.OpenAsync(engine.Capabilities, client, lab.Token);
        await client.DemandAsync(["SET", "key", "value"], lab.Token);
    }

    [Fact]
    public async Task what_was_deleted_again_does_not_count_as_used()
    {
        const long Limit = 16L << 20;
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(EngineKind.Garnet, lab.Spec() with { Settings = new ShardSettings(Limit, "noeviction") });
        await using RespConnection client = await lab.ConnectAsync(engine);
        await client.DemandAsync(["SET", "kept", "value"], lab.Token);
        string value = new('x', 1000);
        foreach (int[] numbers in Enumerable.Range(0, 40_000).Chunk(1000)) // 40 MB in all
        {
            RespBatch batch = new();
            foreach (int number in numbers)
            {
                batch.Add("SET", $"key:{number}", value).Add("DEL", $"key:{number}");
            }

            Assert.DoesNotContain(await client.SendAsync(batch, lab.Token), reply => reply.IsError);
        }

        EngineHealth health = await engine.ProbeAsync(lab.Token);

        Assert.Equal(1, health.Keys);
        Assert.InRange(health.UsedMemoryBytes, 1, 10_000);
    }
}
