using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Holds;

public sealed class ShardHoldTests
{
    [Fact]
    public void Held_commands_wait_and_go_to_the_new_master_in_order()
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient first = world.Connect();
        MemoryClient second = world.Connect();
        first.Ask("SET", "k", "0");
        IShardHold hold = world.Hold();

        first.Send("INCR", "k").Send("INCR", "k").Send("PING");
        second.Send("PING").Send("GET", "other");
        world.Driver.Settle();
        Assert.Empty(first.Frames);
        Assert.Equal("+PONG\r\n", second.Next());

        FakeEngine old = world.Engines[0];
        FakeEngine next = world.Successor();
        Assert.True(hold.TryCommit());
        world.Driver.RunUntil(hold.SwitchAsync(world.TargetOf(next), CancellationToken.None));
        world.Driver.RunUntil(hold.ReleaseAsync());

        Assert.Equal([":1\r\n", ":2\r\n", "+PONG\r\n"], first.Next(3));
        Assert.Equal("$-1\r\n", second.Next());
        Assert.DoesNotContain(old.Store.Log, line => line.StartsWith("INCR", StringComparison.Ordinal));
        Assert.Equal(2, next.Store.Log.Count(line => line == "INCR k"));
    }

    [Fact]
    public void The_hold_closes_only_when_everything_in_flight_is_answered()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", "0");
        world.Engines[0].Stall(true);
        client.Send("INCR", "k");
        world.Driver.Settle();

        Task<IShardHold> hold = world.Plane.HoldAsync(1, TimeSpan.FromMilliseconds(500), CancellationToken.None);
        world.Driver.Settle();
        Assert.False(hold.IsCompleted);
        world.Engines[0].Stall(false);
        IShardHold closed = world.Driver.RunUntil(hold);

        Assert.Equal(":1\r\n", client.Next());
        world.Driver.RunUntil(closed.ReleaseAsync());
    }

    [Fact]
    public void A_master_that_stalls_makes_the_hold_fail_at_its_limit_and_nothing_is_lost()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", "0");
        world.Engines[0].Stall(true);
        client.Send("INCR", "k").Send("INCR", "k");
        world.Driver.Settle();
        long before = world.Driver.Clock.NowMs;

        Task<IShardHold> hold = world.Plane.HoldAsync(1, TimeSpan.FromMilliseconds(300), CancellationToken.None);
        world.Driver.RunUntil(() => hold.IsCompleted);

        Assert.Contains("could not be held", Assert.Throws<TimeoutException>(() => hold.GetAwaiter().GetResult()).Message);
        Assert.InRange(world.Driver.Clock.NowMs - before, 300, 320);
        world.Engines[0].Stall(false);
        Assert.Equal([":1\r\n", ":2\r\n"], client.Next(2));
    }

    [Fact]
    public void A_hold_that_is_not_committed_in_time_releases_itself_on_the_old_master()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", "0");
        IShardHold hold = world.Hold(limitMs: 200);
        client.Send("INCR", "k");

        Assert.Equal(":1\r\n", client.Next());

        Assert.True(hold.Expired.IsCancellationRequested);
        Assert.False(hold.TryCommit());
        Task late = hold.SwitchAsync(world.TargetOf(world.Engines[0]), CancellationToken.None);
        Assert.Throws<TimeoutException>(() => world.Driver.RunUntil(late));
        Assert.Contains("INCR k", world.Engines[0].Store.Log);
    }

    [Fact]
    public void A_committed_hold_tells_its_limit_and_lets_nothing_go()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", "0");
        IShardHold hold = world.Hold(limitMs: 200);
        Assert.True(hold.TryCommit());
        client.Send("INCR", "k");

        Assert.False(hold.Expired.IsCancellationRequested);
        world.Driver.Advance(5_000);
        Assert.True(hold.Expired.IsCancellationRequested);
        Assert.Empty(client.Frames);
        world.Driver.RunUntil(hold.DisposeAsync().AsTask());

        Assert.Equal(":1\r\n", client.Next());
        Assert.InRange(hold.Elapsed.TotalMilliseconds, 5_000, 5_100);
    }

    [Fact]
    public void A_snapshot_during_a_hold_does_not_move_the_shard_before_the_switch()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", "0");
        IShardHold hold = world.Hold();
        FakeEngine old = world.Engines[0];
        FakeEngine next = world.Successor();
        ShardTarget target = world.TargetOf(next);

        world.Publish(route => route with { Shards = route.Shards.SetItem(0, route.Shards[0] with { Target = target }) });
        client.Send("INCR", "k");
        world.Driver.Settle();
        Assert.Empty(client.Frames);
        hold.TryCommit();
        world.Driver.RunUntil(hold.SwitchAsync(target, CancellationToken.None));
        world.Driver.RunUntil(hold.ReleaseAsync());

        Assert.Equal(":1\r\n", client.Next());
        Assert.DoesNotContain("INCR k", old.Store.Log);
    }

    [Fact]
    public void Split_and_fan_out_commands_wait_whole_when_one_of_their_shards_is_held()
    {
        ProxyWorld world = new(shards: 3);
        MemoryClient client = world.Connect();
        client.Ask("MSET", "a", "1", "b", "2", "c", "3", "d", "4");
        int writes = world.Engines.Sum(engine => engine.Store.Log.Count);
        IShardHold hold = world.Hold(shard: 2);

        client.Send("MSET", "a", "5", "b", "6", "c", "7", "d", "8").Send("DBSIZE");
        world.Driver.Settle();
        Assert.Equal(writes, world.Engines.Sum(engine => engine.Store.Log.Count));
        world.Driver.RunUntil(hold.ReleaseAsync());

        Assert.Equal(["+OK\r\n", ":4\r\n"], client.Next(2));
        Assert.Equal("*4\r\n$1\r\n5\r\n$1\r\n6\r\n$1\r\n7\r\n$1\r\n8\r\n", client.Ask("MGET", "a", "b", "c", "d"));
    }

    [Fact]
    public void Other_shards_go_on_while_one_is_held()
    {
        ProxyWorld world = new(shards: 2);
        MemoryClient client = world.Connect();
        client.Ask("MSET", "a", "1", "b", "2");
        string onSecond = world.Engines[1].Store.Keys.Keys.Single().Key;
        IShardHold hold = world.Hold(shard: 1);

        Assert.StartsWith("$1\r\n", client.Ask("GET", onSecond));
        world.Driver.RunUntil(hold.ReleaseAsync());
    }

    [Fact]
    public void The_old_master_may_die_under_the_hold_and_nothing_held_is_lost()
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", "0");
        IShardHold hold = world.Hold();
        client.Send("INCR", "k").Send("INCR", "k");
        world.Driver.Settle();
        FakeEngine old = world.Engines[0];
        FakeEngine next = world.Successor();

        old.Dispose();
        old.CutAll();
        world.Driver.Settle();
        hold.TryCommit();
        world.Driver.RunUntil(hold.SwitchAsync(world.TargetOf(next), CancellationToken.None));
        world.Driver.RunUntil(hold.ReleaseAsync());

        Assert.Equal([":1\r\n", ":2\r\n"], client.Next(2));
    }

    [Fact]
    public void Scripts_are_loaded_on_the_new_master_before_it_serves()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("SCRIPT", "LOAD", "return 1");
        client.Ask("EVAL", "return 2", "0");

        FakeEngine next = world.Switch();

        Assert.Equal(["return 1", "return 2"], next.Scripts.Order());
    }

    [Fact]
    public void A_second_hold_on_the_same_shard_is_refused_and_the_first_stays()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        IShardHold hold = world.Hold();

        Task<IShardHold> second = world.Plane.HoldAsync(1, TimeSpan.FromMilliseconds(100), CancellationToken.None);
        Assert.Throws<InvalidOperationException>(() => world.Driver.RunUntil(second));
        client.Send("SET", "k", "v");
        world.Driver.Settle();
        Assert.Empty(client.Frames);

        world.Driver.RunUntil(hold.ReleaseAsync());
        Assert.Equal("+OK\r\n", client.Next());
    }
}
