using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Holds;

public sealed class BlockedOrderTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(6, false)]
    [InlineData(7, false)]
    [InlineData(8, false)]
    public void Whoever_has_waited_longest_is_served_first_whichever_loop_it_lives_on(int seed, bool waits)
    {
        ProxyWorld world = new(seed, loops: 3);
        MemoryClient[] waiters = Waiters(world, 9, i => i % 3 == 2 ? ["BLPOP", "other", "q", "0"] : ["BLPOP", "q", "0"]);
        MemoryClient newcomer = world.Connect();
        MemoryClient pusher = world.Connect();
        newcomer.Ask("PING");

        world.Switch();
        newcomer.Send("BLPOP", "q", "0");
        if (waits)
        {
            world.Driver.RunUntil(() => world.Engines[0].BlockedCount == waiters.Length + 1);
        }

        pusher.Ask(["RPUSH", "q", .. Enumerable.Range(0, waiters.Length + 1).Select(i => $"{i}")]);

        Assert.Equal(Enumerable.Range(0, waiters.Length), waiters.Select(Served));
        Assert.Equal(waiters.Length, Served(newcomer));
    }

    [Fact]
    public void Hold_after_hold_they_stay_where_they_are_and_keep_their_order()
    {
        ProxyWorld world = new(seed: 3, loops: 2);
        MemoryClient[] waiters = Waiters(world, 4, _ => ["BLPOP", "q", "0"]);
        for (int i = 0; i < 5; i++)
        {
            world.Driver.RunUntil(world.Hold().ReleaseAsync());
            Assert.Equal(waiters.Length, world.Engines[0].BlockedCount);
        }

        for (int i = 0; i < 3; i++)
        {
            world.Switch();
        }

        world.Connect().Ask("RPUSH", "q", "0", "1", "2", "3");

        Assert.Equal(Enumerable.Range(0, waiters.Length), waiters.Select(Served));
    }

    [Fact]
    public void A_pop_that_others_send_while_they_come_over_takes_nothing_from_them()
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient[] waiters = Waiters(world, 3, _ => ["BLPOP", "q", "0"]);
        MemoryClient other = world.Connect();
        other.Ask("PING");

        world.Switch();
        other.Send("RPUSH", "q", "0", "1", "2").Send("LPOP", "q");

        Assert.Equal([":3\r\n", "$-1\r\n"], other.Next(2));
        Assert.Equal(Enumerable.Range(0, waiters.Length), waiters.Select(Served));
    }

    [Fact]
    public void An_engine_that_takes_its_time_does_not_cost_them_their_order()
    {
        ProxyWorld world = new(seed: 2, loops: 2);
        MemoryClient[] waiters = Waiters(world, 100, _ => ["BLPOP", "q", "0"]);
        IShardHold hold = world.Hold();
        FakeEngine next = world.Successor();
        next.ShowsBlockedAfterMs = 20;
        Assert.True(hold.TryCommit());
        world.Driver.RunUntil(hold.SwitchAsync(world.TargetOf(next), CancellationToken.None));
        world.Driver.RunUntil(hold.ReleaseAsync());
        world.Driver.Advance(1_500);
        Assert.False(hold.Carried.IsCompleted); // In all it takes longer than one of them may.

        world.Driver.Advance(3_000);
        world.Driver.RunUntil(hold.Carried);
        MemoryClient pusher = world.Connect();
        pusher.Ask(["RPUSH", "q", .. Enumerable.Range(0, waiters.Length).Select(i => $"{i}")]);
        Assert.Equal(Enumerable.Range(0, waiters.Length), waiters.Select(Served));
    }

    private static MemoryClient[] Waiters(ProxyWorld world, int count, Func<int, string[]> command)
    {
        MemoryClient[] waiters = [.. Enumerable.Range(0, count).Select(_ => world.Connect())];
        for (int i = 0; i < waiters.Length; i++)
        {
            waiters[i].Send(command(i));
            world.Driver.RunUntil(() => world.Engines[0].BlockedCount == i + 1);
        }

        return waiters;
    }

    private static int Served(MemoryClient waiter) => int.Parse(waiter.Next().Split("\r\n")[4], System.Globalization.CultureInfo.InvariantCulture);
}
