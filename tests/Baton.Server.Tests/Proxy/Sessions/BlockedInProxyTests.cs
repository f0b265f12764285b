using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

/// <summary>Blocking commands on an engine that must not be left waiting.</summary>
public sealed class BlockedInProxyTests
{
    [Fact]
    public void Nothing_blocks_on_the_engine_and_the_pop_gets_what_is_pushed_later()
    {
        ProxyWorld world = World(loops: 2);
        MemoryClient waiter = world.Connect();
        MemoryClient other = world.Connect();
        Block(world, waiter, "BLPOP", "q", "0");

        Assert.Equal(":1\r\n", other.Ask("RPUSH", "q", "x"));

        Assert.Equal("*2\r\n$1\r\nq\r\n$1\r\nx\r\n", waiter.Next());
        Assert.Equal(0, world.Engines[0].BlockedCount);
    }

    [Fact]
    public void The_first_who_came_is_the_first_who_gets()
    {
        ProxyWorld world = World(loops: 2);
        MemoryClient[] waiters = [.. Enumerable.Range(0, 4).Select(_ => world.Connect())];
        foreach (MemoryClient waiter in waiters)
        {
            Block(world, waiter, "BLPOP", "q", "0");
        }

        world.Connect().Ask("RPUSH", "q", "0", "1", "2", "3");

        Assert.Equal(["0", "1", "2", "3"], waiters.Select(waiter => waiter.Next().Split("\r\n")[4]));
    }

    [Fact]
    public void It_answers_null_when_its_time_is_over()
    {
        ProxyWorld world = World();
        MemoryClient waiter = world.Connect();
        long before = world.Driver.Clock.NowMs;

        Assert.Equal("*-1\r\n", waiter.Ask("BLPOP", "q", "1.25"));

        Assert.InRange(world.Driver.Clock.NowMs - before, 1250, 1280);
    }

    [Fact]
    public void A_switch_goes_on_beneath_it_and_the_push_on_the_new_master_reaches_it()
    {
        ProxyWorld world = World();
        MemoryClient waiter = world.Connect();
        Block(world, waiter, "BLPOP", "q", "0");

        FakeEngine next = world.Switch();
        world.Connect().Ask("RPUSH", "q", "x");

        Assert.Equal("*2\r\n$1\r\nq\r\n$1\r\nx\r\n", waiter.Next());
        Assert.Contains("BLPOP q -> x", next.Store.Log);
    }

    [Fact]
    public void A_client_that_leaves_while_it_waits_takes_no_element_with_it()
    {
        ProxyWorld world = World();
        MemoryClient waiter = world.Connect();
        MemoryClient other = world.Connect();
        Block(world, waiter, "BLPOP", "q", "0");

        waiter.Close();
        world.Driver.RunUntil(() => other.Ask("INFO", "clients").Contains("blocked_clients:0", StringComparison.Ordinal));
        other.Ask("RPUSH", "q", "x");

        Assert.Equal("*1\r\n$1\r\nx\r\n", other.Ask("LRANGE", "q", "0", "-1"));
    }

    [Fact]
    public void Client_unblock_ends_it_with_null_or_with_an_error()
    {
        ProxyWorld world = World();
        MemoryClient waiter = world.Connect();
        MemoryClient other = world.Connect();
        string id = waiter.Ask("CLIENT", "ID").Trim(':', '\r', '\n');
        Block(world, waiter, "BLPOP", "q", "0");

        Assert.Equal(":1\r\n", other.Ask("CLIENT", "UNBLOCK", id, "ERROR"));
        Assert.StartsWith("-UNBLOCKED", waiter.Next());
        Block(world, waiter, "BLPOP", "q", "0");
        Assert.Equal(":1\r\n", other.Ask("CLIENT", "UNBLOCK", id));
        Assert.Equal("*-1\r\n", waiter.Next());
        Assert.Equal("+PONG\r\n", waiter.Ask("PING"));
    }

    [Fact]
    public void A_push_inside_a_transaction_wakes_it()
    {
        ProxyWorld world = World();
        MemoryClient waiter = world.Connect();
        MemoryClient other = world.Connect();
        Block(world, waiter, "BLPOP", "q", "0");

        other.Ask("MULTI");
        other.Ask("RPUSH", "q", "x");
        other.Ask("EXEC");

        Assert.Equal("*2\r\n$1\r\nq\r\n$1\r\nx\r\n", waiter.Next());
    }

    private static ProxyWorld World(int loops = 1) => new(loops: loops, capabilities: ProxyWorld.Redis with { SafeBlocking = false });

    private static void Block(ProxyWorld world, MemoryClient waiter, params string[] command)
    {
        MemoryClient watcher = world.Connect();
        int Blocked() => int.Parse(
            watcher.Ask("INFO", "clients").Split("blocked_clients:")[1].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
        int before = Blocked();
        waiter.Send(command);
        world.Driver.RunUntil(() => Blocked() == before + 1);
    }
}
