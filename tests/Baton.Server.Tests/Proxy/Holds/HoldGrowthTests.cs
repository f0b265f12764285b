using Baton.Server.Engines;
using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Holds;

/// <summary>
/// What the engines are asked, and what the loops do, between the beginning of a hold and its release: it must not depend on how much clients hold.
/// </summary>
public sealed class HoldGrowthTests
{
    private const int Many = 300;

    /// <summary>A connection or a question more or less, and the answers that come in pieces, are not growth; one of five clients would be.</summary>
    private const int FewCommands = 12;

    private const int FewActions = 60;

    private static readonly EngineCapabilities Copied = ProxyWorld.Redis with { Kind = EngineKind.Garnet };

    public static TheoryData<string> Kinds { get; } =
        ["scripts", "watches", "subscribers", "patterns", "sharded", "blocked", "one key", "waits", "tracking", "monitors", "transactions", "idle"];

    public static MatrixTheoryData<string, bool> KindsAndMovers { get; } = new(Kinds.Select(static row => row.Data), [true, false]);

    [Theory]
    [MemberData(nameof(KindsAndMovers))]
    public void Nothing_in_a_hold_grows_with_what_clients_hold(string kind, bool hearsSource)
    {
        (int commands, long actions) = DoneInHold(kind, 0, hearsSource);
        (int ofMany, long actionsOfMany) = DoneInHold(kind, Many, hearsSource);

        Assert.InRange(ofMany, 0, commands + FewCommands);
        if (kind != "monitors") // The engines show each of them every command, in a hold as ever; nobody waits for that.
        {
            Assert.InRange(actionsOfMany, 1, actions + FewActions);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_is_all_there_on_the_new_master_afterwards(string kind)
    {
        (ProxyWorld world, MemoryClient[] clients, FakeEngine next, IShardHold hold) = Switched(kind, Many, hearsSource: true, out _, out _);
        world.Driver.RunUntil(hold.ReleaseAsync());
        world.Driver.RunUntil(hold.Carried);

        MemoryClient other = world.Connect();
        switch (kind)
        {
            case "scripts":
                Assert.Equal(Many, next.Scripts.Count);
                break;
            case "watches" or "transactions":
                other.Ask("SET", "k7", "2");
                Assert.Equal("*-1\r\n", Exec(clients[7], kind, "k7"));
                Assert.Equal("*1\r\n$-1\r\n", Exec(clients[8], kind, "k8"));
                break;
            case "blocked":
                Assert.Equal(Many, next.BlockedCount);
                other.Ask("RPUSH", "k9", "x");
                Assert.Equal("*2\r\n$2\r\nk9\r\n$1\r\nx\r\n", clients[9].Next());
                break;
            case "one key":
                other.Ask("RPUSH", "k", "x", "y");
                world.Driver.RunUntil(() => clients.Count(static client => client.Frames.Count == 1) == 2);
                world.Driver.RunUntil(() => next.BlockedCount == Many - 2);
                break;
            case "waits":
                world.Driver.RunUntil(() => next.BlockedCount == Many);
                break;
            case "tracking":
                Assert.All(clients, client => Assert.Equal(">2\r\n$10\r\ninvalidate\r\n_\r\n", client.Next()));
                break;
            case "monitors":
                other.Ask("SET", "k", "1");
                Assert.All(clients, client => Assert.EndsWith("\"SET\" \"k\" \"1\"\r\n", client.Next()));
                break;
            case "idle":
                Assert.All(clients, client => Assert.Equal("+PONG\r\n", client.Ask("PING")));
                break;
            default:
                Assert.Equal($":{Many}\r\n", other.Ask(kind == "sharded" ? "SPUBLISH" : "PUBLISH", "news", "m"));
                Assert.All(clients, client => Assert.EndsWith("\r\nm\r\n", client.Next()));
                break;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nobody_is_cut_off_because_there_are_two_links_of_each_for_a_moment(string kind)
    {
        const int Count = 6;
        ProxyWorld world = new(limits: ProxyLimits.Default with { MaxDedicatedUpstreams = Count });
        MemoryClient[] clients = Clients(world, kind, Count);
        (FakeEngine next, ShardTarget target) = world.Follower();
        world.Driver.RunUntil(world.Plane.MakeReadyAsync(1, target, hearsSource: true));
        IShardHold hold = world.Hold();
        world.SwitchTo(hold, next, target);
        world.Driver.RunUntil(hold.ReleaseAsync());
        world.Driver.RunUntil(hold.Carried);

        Assert.All(clients, static client => Assert.Null(client.Closed));
        Assert.All(clients, static client => Assert.DoesNotContain(client.Frames, static frame => frame[0] == '-'));
    }

    private static string Exec(MemoryClient client, string kind, string key) =>
        kind == "watches" ? client.Send("MULTI").Send("GET", key).Send("EXEC").Next(3)[2] : client.Ask("EXEC");

    private static (int Commands, long Actions) DoneInHold(string kind, int count, bool hearsSource)
    {
        _ = Switched(kind, count, hearsSource, out int commands, out long actions);
        return (commands, actions);
    }

    private static (ProxyWorld World, MemoryClient[] Clients, FakeEngine Next, IShardHold Hold) Switched(
        string kind, int count, bool hearsSource, out int commands, out long actions)
    {
        ProxyWorld world = new(loops: 2, capabilities: hearsSource ? null : Copied);
        MemoryClient[] clients = Clients(world, kind, count);
        FakeEngine old = world.Engines[0];
        (FakeEngine next, ShardTarget target) = world.Follower(hearsSource: hearsSource);
        world.Driver.RunUntil(world.Plane.MakeReadyAsync(1, target, hearsSource));
        world.Driver.Settle();
        int before = old.Received.Count + next.Received.Count;
        long doneBefore = world.Driver.DoneByProxy;

        IShardHold hold = world.Hold();
        world.SwitchTo(hold, next, target);
        commands = old.Received.Count + next.Received.Count - before;
        actions = world.Driver.DoneByProxy - doneBefore;
        return (world, clients, next, hold);
    }

    private static MemoryClient[] Clients(ProxyWorld world, string kind, int count)
    {
        if (kind == "scripts")
        {
            MemoryClient client = world.Connect();
            for (int i = 0; i < count; i++)
            {
                client.Ask("SCRIPT", "LOAD", $"return {i}");
            }

            return [client];
        }

        MemoryClient[] clients = [.. Enumerable.Range(0, count).Select(_ => kind == "tracking" ? world.ConnectResp3() : world.Connect())];
        for (int i = 0; i < count; i++)
        {
            Say(clients[i], kind, i);
        }

        if (kind is "blocked" or "one key" or "waits")
        {
            world.Driver.RunUntil(() => world.Engines[0].BlockedCount == count);
        }
        else
        {
            Array.ForEach(clients, client => client.Next(kind == "transactions" ? 3 : 1));
        }

        return clients;
    }

    private static MemoryClient Say(MemoryClient client, string kind, int number) => kind switch
    {
        "watches" => client.Send("WATCH", $"k{number}"),
        "transactions" => client.Send("WATCH", $"k{number}").Send("MULTI").Send("GET", $"k{number}"),
        "blocked" => client.Send("BLPOP", $"k{number}", "0"),
        "one key" => client.Send("BLPOP", "k", "0"),
        "waits" => client.Send("WAIT", "1", "0"),
        "tracking" => client.Send("CLIENT", "TRACKING", "ON"),
        "monitors" => client.Send("MONITOR"),
        "patterns" => client.Send("PSUBSCRIBE", "ne*"),
        "sharded" => client.Send("SSUBSCRIBE", "news"),
        "idle" => client.Send("PING"),
        _ => client.Send("SUBSCRIBE", "news"),
    };
}
