using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Holds;

/// <summary>What the engines are asked between the beginning of a hold and its release: it must not depend on how much clients hold.</summary>
public sealed class HoldGrowthTests
{
    private const int Few = 20;
    private const int Many = 600;

    public static TheoryData<string> Kinds { get; } = ["scripts", "watches", "subscribers", "patterns", "blocked", "tracking"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_in_a_hold_grows_with_what_clients_hold(string kind)
    {
        int few = CommandsInHold(kind, Few);

        // A connection more or less, or a question asked once more, is not growth.
        Assert.InRange(few, 0, 30);
        Assert.InRange(CommandsInHold(kind, Many), 0, few + 5);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_is_all_there_on_the_new_master_afterwards(string kind)
    {
        (ProxyWorld world, MemoryClient[] clients, FakeEngine next, IShardHold hold) = Switched(kind, Many, out _);
        world.Driver.RunUntil(hold.ReleaseAsync());
        world.Driver.RunUntil(hold.Carried);

        MemoryClient other = world.Connect();
        switch (kind)
        {
            case "scripts":
                Assert.Equal(Many, next.Scripts.Count);
                break;
            case "watches":
                other.Ask("SET", "k7", "2");
                Assert.Equal("*-1\r\n", clients[7].Send("MULTI").Send("GET", "k7").Send("EXEC").Next(3)[2]);
                Assert.Equal("*1\r\n$-1\r\n", clients[8].Send("MULTI").Send("GET", "k8").Send("EXEC").Next(3)[2]);
                break;
            case "blocked":
                Assert.Equal(Many, next.BlockedCount);
                other.Ask("RPUSH", "k9", "x");
                Assert.Equal("*2\r\n$2\r\nk9\r\n$1\r\nx\r\n", clients[9].Next());
                break;
            case "tracking":
                Assert.All(clients, client => Assert.Equal(">2\r\n$10\r\ninvalidate\r\n_\r\n", client.Next()));
                break;
            default:
                Assert.Equal($":{Many}\r\n", other.Ask("PUBLISH", "news", "m"));
                Assert.All(clients, client => Assert.EndsWith("\r\nm\r\n", client.Next()));
                break;
        }
    }

    private static int CommandsInHold(string kind, int count)
    {
        _ = Switched(kind, count, out int commands);
        return commands;
    }

    private static (ProxyWorld World, MemoryClient[] Clients, FakeEngine Next, IShardHold Hold) Switched(string kind, int count, out int commands)
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient[] clients = Clients(world, kind, count);
        FakeEngine old = world.Engines[0];
        (FakeEngine next, ShardTarget target) = world.Follower();
        world.Driver.RunUntil(world.Plane.MakeReadyAsync(1, target, hearsSource: true));
        world.Driver.Settle();
        int before = old.Received.Count + next.Received.Count;

        IShardHold hold = world.Hold();
        world.SwitchTo(hold, next, target);
        commands = old.Received.Count + next.Received.Count - before;
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
            clients[i].Send(kind switch
            {
                "watches" => ["WATCH", $"k{i}"],
                "blocked" => ["BLPOP", $"k{i}", "0"],
                "tracking" => ["CLIENT", "TRACKING", "ON"],
                "patterns" => ["PSUBSCRIBE", "ne*"],
                _ => ["SUBSCRIBE", "news"],
            });
        }

        if (kind == "blocked")
        {
            world.Driver.RunUntil(() => world.Engines[0].BlockedCount == count);
        }
        else
        {
            Array.ForEach(clients, client => client.Next());
        }

        return clients;
    }
}
