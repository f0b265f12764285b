using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

/// <summary>MONITOR and WAIT of a database with several shards.</summary>
public sealed class OverAllShardsTests
{
    [Fact]
    public void Monitor_shows_what_every_shard_carries_out_also_after_one_has_moved()
    {
        ProxyWorld world = new(shards: 3);
        MemoryClient monitor = world.Connect();
        MemoryClient client = world.Connect();
        Assert.Equal("+OK\r\n", monitor.Ask("MONITOR"));

        string[] keys = ["a", "b", "c", "d", "e", "f"];
        foreach (string key in keys)
        {
            client.Ask("SET", key, "1");
        }

        world.Driver.Settle();
        Assert.Equal(keys, Shown(monitor).Order());
        world.Switch(1);
        world.Switch(3);
        foreach (string key in keys)
        {
            client.Ask("SET", key, "2");
        }

        world.Driver.Settle();
        Assert.Equal(keys, Shown(monitor).Order());
        Assert.All(world.Engines, engine => Assert.Contains(engine.Received, command => command == "MONITOR"));
        Assert.Equal("+RESET\r\n", monitor.Ask("RESET"));
        client.Ask("SET", "a", "3");
        Assert.Equal("+PONG\r\n", monitor.Ask("PING"));
    }

    [Fact]
    public void Wait_answers_the_smallest_number_of_all_shards()
    {
        ProxyWorld world = new(shards: 3);
        world.Engines[0].Acknowledging = 2;
        world.Engines[1].Acknowledging = 1;
        world.Engines[2].Acknowledging = 3;
        MemoryClient client = world.Connect();

        Assert.Equal(":1\r\n", client.Ask("WAIT", "1", "1000"));

        long before = world.Driver.Clock.NowMs;
        Assert.Equal(":1\r\n", client.Ask("WAIT", "2", "500"));
        Assert.InRange(world.Driver.Clock.NowMs - before, 500, 520);
        Assert.Equal("+PONG\r\n", client.Ask("PING"));
    }

    [Fact]
    public void A_wait_travels_when_one_of_the_shards_moves_and_can_be_unblocked()
    {
        ProxyWorld world = new(shards: 2, loops: 2);
        MemoryClient client = world.Connect();
        string id = client.Ask("CLIENT", "ID").Trim(':', '\r', '\n');
        client.Send("WAIT", "1", "0");
        world.Driver.RunUntil(() => world.Engines.All(engine => engine.BlockedCount == 1));

        FakeEngine next = world.Switch(2);
        world.Driver.RunUntil(() => next.BlockedCount == 1);
        Assert.Empty(client.Frames);

        Assert.Equal(":1\r\n", world.Connect().Ask("CLIENT", "UNBLOCK", id));
        Assert.Equal(":0\r\n", client.Next());
        Assert.Equal("+PONG\r\n", client.Ask("PING"));
    }

    [Fact]
    public void A_client_that_waits_and_goes_away_leaves_nothing_blocked()
    {
        ProxyWorld world = new(shards: 2);
        MemoryClient client = world.Connect();
        client.Send("WAIT", "1", "0");
        world.Driver.RunUntil(() => world.Engines.All(engine => engine.BlockedCount == 1));

        client.Close();

        world.Driver.RunUntil(() => world.Engines.All(engine => engine.BlockedCount == 0));
        IShardHold hold = world.Hold();
        world.Driver.RunUntil(hold.ReleaseAsync());
        Assert.Contains("blocked_clients:0", world.Connect().Ask("INFO"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Shown(MemoryClient monitor)
    {
        while (monitor.Frames.TryDequeue(out string? line))
        {
            Assert.StartsWith("+0.0 [0 127.0.0.1:", line); // the endpoint, not the connection to the engine
            if (line.Contains("\"SET\"", StringComparison.Ordinal))
            {
                yield return line.Split('"')[3];
            }
        }
    }
}
