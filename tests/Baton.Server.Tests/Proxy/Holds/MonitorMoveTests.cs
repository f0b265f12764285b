using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Holds;

/// <summary>A MONITOR over a move that was made ready: each command once, in order, and nothing of the cluster's own.</summary>
public sealed class MonitorMoveTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_command_is_shown_once_and_in_order(bool hearsSource)
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            ProxyWorld world = new(seed, loops: 2);
            MemoryClient[] monitors = [world.Connect(), world.Connect(), world.Connect()];
            Array.ForEach(monitors, monitor => Assert.Equal("+OK\r\n", monitor.Ask("MONITOR")));
            MemoryClient client = world.Connect();
            client.Ask("SET", "before", "1");

            (FakeEngine next, ShardTarget target) = world.Follower(hearsSource: hearsSource);
            world.Driver.RunUntil(world.Plane.MakeReadyAsync(1, target, hearsSource));
            MemoryClient copier = new(world.Driver, next.Address);
            copier.Ask("AUTH", "engine-secret");
            copier.Send("SET", "before", "1"); // as the copy or the stream does, and the links may hear of it late
            client.Send("SET", "meanwhile", "1");
            world.Driver.RunUntil(() => client.Frames.Count == 1 && copier.Frames.Count == 1);

            IShardHold hold = world.Hold();
            client.Send("SET", "held", "1");
            world.SwitchTo(hold, next, target);
            world.Driver.RunUntil(hold.ReleaseAsync());
            client.Ask("SET", "after", "1");
            world.Driver.RunUntil(hold.Carried);
            client.Ask("SET", "carried", "1");
            world.Driver.Settle();

            Assert.All(monitors, monitor => Assert.Equal(["before", "meanwhile", "held", "after", "carried"], Shown(monitor)));
        }
    }

    [Fact]
    public void The_next_move_finds_it_ready_too()
    {
        ProxyWorld world = new();
        MemoryClient monitor = world.Connect();
        Assert.Equal("+OK\r\n", monitor.Ask("MONITOR"));
        MemoryClient client = world.Connect();

        for (int move = 1; move <= 3; move++)
        {
            (FakeEngine next, ShardTarget target) = world.Follower();
            world.Driver.RunUntil(world.Plane.MakeReadyAsync(1, target, hearsSource: true));
            IShardHold hold = world.Hold();
            world.SwitchTo(hold, next, target);
            world.Driver.RunUntil(hold.ReleaseAsync());
            world.Driver.RunUntil(hold.Carried);
            client.Ask("SET", $"k{move}", "1");
            world.Driver.Settle();
        }

        Assert.Equal(["k1", "k2", "k3"], Shown(monitor));
        Assert.Equal("+RESET\r\n", monitor.Ask("RESET"));
        world.Driver.Settle();
        Assert.Equal(0, world.Plane.Loops.Sum(static loop => loop.FindShard(1)!.Dedicated.InUse));
    }

    [Fact]
    public void A_target_that_is_given_up_changes_nothing()
    {
        ProxyWorld world = new();
        MemoryClient monitor = world.Connect();
        Assert.Equal("+OK\r\n", monitor.Ask("MONITOR"));
        (FakeEngine next, ShardTarget target) = world.Follower();
        world.Driver.RunUntil(world.Plane.MakeReadyAsync(1, target, hearsSource: true));

        next.Dispose();
        next.CutAll();
        world.Driver.Settle();
        world.Connect().Ask("SET", "k", "1");
        world.Driver.Settle();

        Assert.Equal(["k"], Shown(monitor));
    }

    private static List<string> Shown(MemoryClient monitor)
    {
        Assert.Null(monitor.Closed);
        List<string> keys = [];
        while (monitor.Frames.TryDequeue(out string? line))
        {
            Assert.Contains("\"SET\"", line, StringComparison.Ordinal); // nothing else was said by a client
            keys.Add(line.Split('"')[3]);
        }

        return keys;
    }
}
