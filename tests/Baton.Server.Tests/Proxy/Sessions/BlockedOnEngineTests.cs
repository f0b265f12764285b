using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

public sealed class BlockedOnEngineTests
{
    [Fact]
    public void A_blocked_pop_gets_what_another_client_pushes_and_holds_back_what_follows()
    {
        ProxyWorld world = new();
        MemoryClient waiter = world.Connect();
        MemoryClient other = world.Connect();
        waiter.Send("BLPOP", "q", "0").Send("PING");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);
        Assert.Empty(waiter.Frames);

        Assert.Equal(":1\r\n", other.Ask("RPUSH", "q", "x"));

        Assert.Equal(["*2\r\n$1\r\nq\r\n$1\r\nx\r\n", "+PONG\r\n"], waiter.Next(2));
    }

    [Fact]
    public void A_blocked_pop_times_out_with_null()
    {
        ProxyWorld world = new();
        MemoryClient waiter = world.Connect();
        long before = world.Driver.Clock.NowMs;

        Assert.Equal("*-1\r\n", waiter.Ask("BLPOP", "q", "0.5"));

        Assert.InRange(world.Driver.Clock.NowMs - before, 500, 520);
    }

    [Fact]
    public void A_blocked_pop_travels_with_the_time_it_has_left()
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient waiter = world.Connect();
        MemoryClient other = world.Connect();
        waiter.Send("BLPOP", "q", "10");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);
        world.Driver.Advance(4_000);

        FakeEngine next = world.Switch();

        world.Driver.RunUntil(() => next.BlockedCount == 1);
        Assert.Empty(waiter.Frames);
        string reissued = next.Received.Last(command => command.StartsWith("BLPOP", StringComparison.Ordinal));
        Assert.InRange(double.Parse(reissued.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture), 5.5, 6.0);
        other.Ask("RPUSH", "q", "x");
        Assert.Equal("*2\r\n$1\r\nq\r\n$1\r\nx\r\n", waiter.Next());
    }

    [Fact]
    public void Many_blocked_pops_travel_and_each_gets_one_element()
    {
        ProxyWorld world = new();
        MemoryClient[] waiters = [.. Enumerable.Range(0, 5).Select(_ => world.Connect())];
        for (int i = 0; i < waiters.Length; i++)
        {
            waiters[i].Send("BLPOP", "q", "0");
            world.Driver.RunUntil(() => world.Engines[0].BlockedCount == i + 1);
        }

        FakeEngine next = world.Switch();
        world.Driver.RunUntil(() => next.BlockedCount == 5);
        MemoryClient pusher = world.Connect();
        pusher.Ask("RPUSH", "q", "0", "1", "2", "3", "4");

        Assert.Equal(["0", "1", "2", "3", "4"], waiters.Select(waiter => waiter.Next().Split("\r\n")[4]).Order());
    }

    [Fact]
    public void A_hold_that_ends_without_a_switch_leaves_blocked_pops_where_they_are()
    {
        ProxyWorld world = new();
        MemoryClient waiter = world.Connect();
        waiter.Send("BLPOP", "q", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);

        IShardHold hold = world.Hold();
        Assert.Equal(1, world.Engines[0].BlockedCount);
        world.Driver.RunUntil(hold.ReleaseAsync());
        world.Driver.RunUntil(hold.Carried);

        Assert.Single(world.Engines[0].Received, "BLPOP q 0");
        world.Connect().Ask("RPUSH", "q", "x");
        Assert.EndsWith("\r\nx\r\n", waiter.Next());
    }

    [Fact]
    public void What_a_blocked_pop_has_got_and_not_received_keeps_the_hold_from_closing()
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient waiter = world.Connect();
        MemoryClient pusher = world.Connect();
        waiter.Send("BLPOP", "q", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);
        world.Engines[0].StallBlocked();
        Assert.Equal(":1\r\n", pusher.Ask("RPUSH", "q", "x"));

        Task<IShardHold> closing = world.Plane.HoldAsync(1, TimeSpan.FromMilliseconds(500), CancellationToken.None);
        world.Driver.Advance(100);
        Assert.False(closing.IsCompleted);
        world.Engines[0].Stall(false);

        Assert.EndsWith("\r\nx\r\n", waiter.Next());
        world.Driver.RunUntil(world.Driver.RunUntil(closing).ReleaseAsync());
    }

    [Fact]
    public void A_blocked_pop_survives_hold_after_hold_where_idle_links_are_at_hand()
    {
        ProxyWorld world = new();
        MemoryClient[] earlier = [.. Enumerable.Range(0, 4).Select(_ => world.Connect())];
        Array.ForEach(earlier, client => client.Send("BLPOP", "nothing", "0.1"));
        Assert.All(earlier, client => Assert.Equal("*-1\r\n", client.Next()));
        MemoryClient waiter = world.Connect();
        waiter.Send("BLPOP", "q", "0");

        for (int hold = 0; hold < 3; hold++)
        {
            world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);
            world.Driver.RunUntil(world.Hold().ReleaseAsync());
        }

        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);
        world.Connect().Ask("RPUSH", "q", "x");
        Assert.EndsWith("\r\nx\r\n", waiter.Next());
    }

    [Fact]
    public void A_client_that_goes_while_blocked_takes_no_element_with_it()
    {
        ProxyWorld world = new();
        MemoryClient waiter = world.Connect();
        MemoryClient other = world.Connect();
        waiter.Send("BLPOP", "q", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);

        waiter.Close();
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 0);

        other.Ask("RPUSH", "q", "x");
        Assert.Equal("*1\r\n$1\r\nx\r\n", other.Ask("LRANGE", "q", "0", "-1"));
    }

    [Theory]
    [InlineData("RPUSH q x")]
    [InlineData("MULTI|RPUSH q x|EXEC")]
    [InlineData("MULTI|SET a 1|CLIENT SETNAME me|RPUSH q x|EXEC")]
    public void What_is_pushed_right_after_a_waiter_has_gone_goes_to_nobody_however_it_is_pushed(string commands)
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            ProxyWorld world = new(seed, loops: 2);
            MemoryClient waiter = world.Connect();
            MemoryClient other = world.Connect();
            other.Ask("PING");
            waiter.Send("BLPOP", "q", "0");
            world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);

            waiter.EndOutput();
            string[] lines = commands.Split('|');
            foreach (string line in lines)
            {
                other.Send(line.Split(' '));
            }

            other.Next(lines.Length);
            Assert.True(other.Ask("LRANGE", "q", "0", "-1") == "*1\r\n$1\r\nx\r\n", $"seed {seed}: the element went to who had gone");
        }
    }

    [Theory]
    [InlineData("EVAL body 1 q")]
    [InlineData("EVAL body 0")]
    [InlineData("BLMOVE s q LEFT RIGHT 1")]
    public void What_may_push_waits_until_the_engine_has_let_go_who_has_gone(string command)
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient waiter = world.Connect();
        MemoryClient other = world.Connect();
        other.Ask("PING");
        waiter.Send("BLPOP", "q", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);
        world.Engines[0].Received.Clear();

        waiter.EndOutput();
        other.Ask(command.Split(' '));

        string[] received = [.. world.Engines[0].Received];
        int unblocked = Array.FindIndex(received, static each => each.StartsWith("CLIENT UNBLOCK", StringComparison.Ordinal));
        int pushed = Array.FindIndex(received, each => each.StartsWith(command[..4], StringComparison.Ordinal));
        Assert.True(unblocked >= 0 && unblocked < pushed, string.Join(" | ", received));
    }

    [Theory]
    [InlineData("TIMEOUT", "*-1\r\n")]
    [InlineData("ERROR", "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")]
    public void Client_unblock_reaches_a_client_on_another_loop(string how, string reply)
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient waiter = world.Connect();
        MemoryClient other = world.Connect();
        string id = waiter.Ask("CLIENT", "ID").Trim()[1..];
        Assert.Equal(":0\r\n", other.Ask("CLIENT", "UNBLOCK", id));
        waiter.Send("BLPOP", "q", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);

        Assert.Equal(":1\r\n", other.Ask("CLIENT", "UNBLOCK", id, how));

        Assert.Equal(reply, waiter.Next());
    }

    [Fact]
    public void The_old_master_dying_in_the_hold_loses_no_pop()
    {
        ProxyWorld world = new();
        MemoryClient waiter = world.Connect();
        waiter.Send("BLPOP", "q", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);
        world.Engines[0].Stall(true);
        Task<IShardHold> closing = world.Plane.HoldAsync(1, TimeSpan.FromMilliseconds(500), CancellationToken.None);
        world.Driver.Settle();

        FakeEngine old = world.Engines[0];
        FakeEngine next = world.Successor();
        old.Dispose();
        old.CutAll();
        IShardHold hold = world.Driver.RunUntil(closing);
        hold.TryCommit();
        world.Driver.RunUntil(hold.SwitchAsync(world.TargetOf(next), CancellationToken.None));
        world.Driver.RunUntil(hold.ReleaseAsync());

        world.Driver.RunUntil(() => next.BlockedCount == 1);
        world.Connect().Ask("RPUSH", "q", "x");
        Assert.EndsWith("\r\nx\r\n", waiter.Next());
    }

    [Theory]
    [InlineData("TIMEOUT", "*-1\r\n")]
    [InlineData("ERROR", "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")]
    public void Client_unblock_reaches_a_pop_that_has_not_come_over_yet(string how, string reply)
    {
        ProxyWorld world = new();
        MemoryClient waiter = world.Connect();
        MemoryClient other = world.Connect();
        string id = waiter.Ask("CLIENT", "ID").Trim()[1..];
        waiter.Send("BLPOP", "q", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);
        IShardHold hold = world.Hold();
        FakeEngine next = world.Successor();
        hold.TryCommit();
        world.Driver.RunUntil(hold.SwitchAsync(world.TargetOf(next), CancellationToken.None));

        Assert.Equal(":1\r\n", other.Ask("CLIENT", "UNBLOCK", id, how));

        Assert.Equal(reply, waiter.Next());
        world.Driver.RunUntil(hold.ReleaseAsync());
        world.Driver.RunUntil(hold.Carried);
        Assert.Equal(0, next.BlockedCount);
        Assert.DoesNotContain(next.Received, command => command.StartsWith("CLIENT UNBLOCK", StringComparison.Ordinal));
    }

    [Fact]
    public void Info_counts_blocked_clients_of_every_loop()
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient waiter = world.Connect();
        waiter.Send("BLPOP", "q", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);

        Assert.Contains("blocked_clients:1\r\n", world.Connect().Ask("INFO", "clients"));
        waiter.Close();
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 0);
        Assert.Contains("blocked_clients:0\r\n", world.Connect().Ask("INFO", "clients"));
    }
}
