using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

public sealed class TransactionsTests
{
    [Fact]
    public void A_transaction_goes_upstream_in_one_piece_at_exec()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        Assert.Equal("+OK\r\n", client.Ask("MULTI"));
        Assert.Equal("+QUEUED\r\n", client.Ask("SET", "k", "1"));
        Assert.Equal("+QUEUED\r\n", client.Ask("INCR", "k"));
        Assert.DoesNotContain("MULTI", world.Engines[0].Received);
        Assert.Equal("*2\r\n+OK\r\n:2\r\n", client.Ask("EXEC"));

        int multi = world.Engines[0].Received.IndexOf("MULTI");
        Assert.Equal(["MULTI", "SET k 1", "INCR k", "EXEC"], world.Engines[0].Received.GetRange(multi, 4));
    }

    [Fact]
    public void Errors_when_queueing_abort_the_transaction()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        client.Send("MULTI").Send("SET", "k", "1").Send("NOSUCH").Send("EXEC").Send("MULTI").Send("SET", "k").Send("EXEC").Send("GET", "k");

        Assert.Equal("+OK\r\n", client.Next());
        Assert.Equal("+QUEUED\r\n", client.Next());
        Assert.StartsWith("-ERR unknown command", client.Next());
        Assert.Equal("-EXECABORT Transaction discarded because of previous errors.\r\n", client.Next());
        Assert.Equal("+OK\r\n", client.Next());
        Assert.StartsWith("-ERR wrong number of arguments for 'set' command", client.Next());
        Assert.StartsWith("-EXECABORT", client.Next());
        Assert.Equal("$-1\r\n", client.Next());
    }

    [Fact]
    public void Misplaced_words_get_redis_errors()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        Assert.Equal("-ERR EXEC without MULTI\r\n", client.Ask("EXEC"));
        Assert.Equal("-ERR DISCARD without MULTI\r\n", client.Ask("DISCARD"));
        Assert.Equal("+OK\r\n", client.Ask("MULTI"));
        Assert.Equal("-ERR MULTI calls can not be nested\r\n", client.Ask("MULTI"));
        Assert.Equal("-ERR WATCH inside MULTI is not allowed\r\n", client.Ask("WATCH", "k"));
        Assert.Equal("+OK\r\n", client.Ask("DISCARD"));
        client.Send("MULTI").Send("EXEC");
        Assert.Equal(["+OK\r\n", "*0\r\n"], client.Next(2));
    }

    [Fact]
    public void A_transaction_larger_than_its_limit_is_refused()
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { MaxTransactionBytes = 200 });
        MemoryClient client = world.Connect();

        client.Ask("MULTI");
        Assert.Equal("+QUEUED\r\n", client.Ask("SET", "k", new string('x', 100)));
        Assert.Equal("-ERR the transaction is larger than MaxTransactionBytes\r\n", client.Ask("SET", "k", new string('x', 100)));
        Assert.StartsWith("-EXECABORT", client.Ask("EXEC"));
    }

    [Fact]
    public void Watch_sees_changes_by_others_and_by_none()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        MemoryClient other = world.Connect();

        client.Send("WATCH", "k").Send("MULTI").Send("INCR", "k").Send("EXEC").Send("GET", "k");
        Assert.Equal(["+OK\r\n", "+OK\r\n", "+QUEUED\r\n", "*1\r\n:1\r\n", "$1\r\n1\r\n"], client.Next(5));

        client.Ask("WATCH", "k");
        other.Ask("SET", "k", "9");
        client.Send("MULTI").Send("INCR", "k").Send("EXEC").Send("GET", "k");
        Assert.Equal(["+OK\r\n", "+QUEUED\r\n", "*-1\r\n", "$1\r\n9\r\n"], client.Next(4));
    }

    [Theory]
    [InlineData(false, "*1\r\n:1\r\n")]
    [InlineData(true, "*-1\r\n")]
    public void A_watch_travels_through_a_switch_clean_or_dirty(bool changed, string exec)
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        MemoryClient other = world.Connect();
        client.Ask("WATCH", "k");
        if (changed)
        {
            other.Ask("SET", "k", "9");
        }

        FakeEngine next = world.Switch();
        client.Send("MULTI").Send("INCR", "k").Send("EXEC");

        Assert.Equal(["+OK\r\n", "+QUEUED\r\n", exec], client.Next(3));
        Assert.Equal(!changed, next.Store.Log.Contains("INCR k"));
    }

    [Fact]
    public void Commands_between_a_lost_watch_and_its_exec_are_answered_and_a_shared_link_never_watches()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        MemoryClient other = world.Connect();
        client.Ask("WATCH", "k");
        other.Ask("SET", "k", "1");

        FakeEngine next = world.Switch();

        Assert.Equal("$1\r\n1\r\n", client.Ask("GET", "k"));
        Assert.Equal("+OK\r\n", client.Ask("WATCH", "j"));
        client.Ask("MULTI");
        client.Ask("SET", "k", "2");
        Assert.Equal("*-1\r\n", client.Ask("EXEC"));
        Assert.DoesNotContain("WATCH j", next.Received);
        client.Ask("MULTI");
        client.Ask("SET", "k", "3");
        Assert.Equal("*1\r\n+OK\r\n", client.Ask("EXEC"));
    }

    [Fact]
    public void A_watch_carried_over_still_sees_a_change_on_the_new_master()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        MemoryClient other = world.Connect();
        client.Ask("WATCH", "a", "b");

        world.Switch();
        other.Ask("SET", "b", "9");
        client.Send("MULTI").Send("INCR", "a").Send("EXEC").Send("GET", "a");

        Assert.Equal(["+OK\r\n", "+QUEUED\r\n", "*-1\r\n", "$-1\r\n"], client.Next(4));
    }

    [Fact]
    public void A_watch_whose_link_is_lost_makes_exec_answer_null()
    {
        ProxyWorld world = new();
        MemoryClient client = world.ConnectResp3();
        client.Ask("WATCH", "k");

        world.Engines[0].CutAll();
        world.Driver.Settle();
        client.Send("MULTI").Send("INCR", "k").Send("EXEC").Send("GET", "k");

        Assert.Equal(["+OK\r\n", "+QUEUED\r\n", "_\r\n", "_\r\n"], client.Next(4));
    }

    [Fact]
    public void An_exec_under_a_hold_waits_and_runs_on_the_new_master()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("MULTI");
        client.Ask("INCR", "k");
        IShardHold hold = world.Hold();
        FakeEngine old = world.Engines[0];
        client.Send("EXEC");
        world.Driver.Settle();

        FakeEngine next = world.Successor();
        hold.TryCommit();
        world.Driver.RunUntil(hold.SwitchAsync(world.TargetOf(next), CancellationToken.None));
        world.Driver.RunUntil(hold.ReleaseAsync());

        Assert.Equal("*1\r\n:1\r\n", client.Next());
        Assert.DoesNotContain("INCR k", old.Store.Log);
    }

    [Fact]
    public void Ending_a_watch_waits_for_the_commands_that_are_in_flight_on_its_link()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        client.Send("WATCH", "k").Send("GET", "k").Send("UNWATCH").Send("WATCH", "k").Send("GET", "k").Send("MULTI").Send("DISCARD");

        Assert.Equal(["+OK\r\n", "$-1\r\n", "+OK\r\n", "+OK\r\n", "$-1\r\n", "+OK\r\n", "+OK\r\n"], client.Next(7));
    }

    [Theory]
    [InlineData("HELLO", "3")]
    [InlineData("SUBSCRIBE", "a")]
    [InlineData("CLIENT", "REPLY", "ON")]
    [InlineData("CLIENT", "NOSUCH")]
    [InlineData("CONFIG", "SET", "requirepass", "x")]
    [InlineData("CONFIG", "GET", "requirepass")]
    [InlineData("REPLICAOF", "NO", "ONE")]
    [InlineData("DEBUG", "SLEEP", "1")]
    [InlineData("MONITOR")]
    public void What_a_transaction_must_not_do_is_refused_by_name_and_dooms_the_transaction(params string[] command)
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("MULTI");

        string refusal = client.Ask(command);

        Assert.StartsWith("-ERR", refusal);
        Assert.True(refusal.Contains(command[0], StringComparison.OrdinalIgnoreCase) || command[0] == "MONITOR" || command[^1] == "NOSUCH", refusal);
        Assert.StartsWith("-EXECABORT", client.Ask("EXEC"));
        Assert.Equal("+PONG\r\n", client.Ask("PING"));
    }

    [Fact]
    public void What_concerns_every_shard_is_refused_by_name_only_where_there_are_several()
    {
        ProxyWorld one = new();
        MemoryClient alone = one.Connect();
        Assert.Equal(["+OK\r\n", "+QUEUED\r\n", "*1\r\n:0\r\n"], alone.Send("MULTI").Send("DBSIZE").Send("EXEC").Next(3));

        ProxyWorld several = new(shards: 2);
        MemoryClient client = several.Connect();
        client.Ask("SET", "a", "1");
        client.Ask("MULTI");
        Assert.StartsWith("-ERR FLUSHALL inside MULTI", client.Ask("FLUSHALL"));
        Assert.StartsWith("-EXECABORT", client.Ask("EXEC"));
        Assert.Equal("$1\r\n1\r\n", client.Ask("GET", "a"));
    }
}
