using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

public sealed class ShardedDatabaseTests
{
    [Fact]
    public void Keys_go_to_the_shard_of_their_slot_and_replies_come_in_order()
    {
        ProxyWorld world = new(seed: 5, shards: 3);
        MemoryClient client = world.Connect();
        for (int i = 0; i < 100; i++)
        {
            client.Send("SET", $"key{i}", $"{i}");
        }

        for (int i = 0; i < 100; i++)
        {
            client.Send("GET", $"key{i}");
        }

        Assert.All(client.Next(100), reply => Assert.Equal("+OK\r\n", reply));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"${i.ToString().Length}\r\n{i}\r\n"), client.Next(100));
        Assert.All(world.Engines, engine => Assert.True(engine.Store.Keys.Count > 10));
    }

    [Fact]
    public void Split_commands_are_merged_in_the_order_of_their_keys()
    {
        ProxyWorld world = new(seed: 6, shards: 3);
        MemoryClient client = world.Connect();

        Assert.Equal("+OK\r\n", client.Ask("MSET", "a", "1", "b", "2", "c", "3", "d", "4", "e", "5"));
        Assert.Equal("*6\r\n$1\r\n5\r\n$1\r\n1\r\n$-1\r\n$1\r\n3\r\n$1\r\n1\r\n$1\r\n2\r\n", client.Ask("MGET", "e", "a", "none", "c", "a", "b"));
        Assert.Equal(":4\r\n", client.Ask("EXISTS", "a", "b", "a", "none", "e"));
        Assert.Equal(":5\r\n", client.Ask("DBSIZE"));
        Assert.Equal(":3\r\n", client.Ask("DEL", "a", "c", "e", "none"));
        Assert.Equal("+OK\r\n", client.Ask("FLUSHALL"));
        Assert.Equal(":0\r\n", client.Ask("DBSIZE"));
    }

    [Fact]
    public void Keys_in_several_slots_are_refused_and_hash_tags_bring_them_together()
    {
        ProxyWorld world = new(shards: 3);
        MemoryClient client = world.Connect();

        Assert.Equal("-CROSSSLOT Keys in request don't hash to the same slot\r\n", client.Ask("RENAME", "a", "b"));
        Assert.Equal("+OK\r\n", client.Ask("MULTI"));
        Assert.Equal("+QUEUED\r\n", client.Ask("SET", "{t}a", "1"));
        Assert.Equal("+QUEUED\r\n", client.Ask("INCR", "{t}a"));
        Assert.Equal("*2\r\n+OK\r\n:2\r\n", client.Ask("EXEC"));
        Assert.Equal("+OK\r\n", client.Ask("MULTI"));
        Assert.Equal("+QUEUED\r\n", client.Ask("SET", "a", "1"));
        Assert.StartsWith("-CROSSSLOT", client.Ask("SET", "b", "1"));
        Assert.StartsWith("-EXECABORT", client.Ask("EXEC"));
    }

    [Fact]
    public void A_reply_of_a_slow_shard_holds_back_the_replies_behind_it()
    {
        ProxyWorld world = new(shards: 2);
        MemoryClient client = world.Connect();
        client.Ask("MSET", "a", "1", "b", "2");
        (FakeEngine slow, string slowKey, string fastKey) = world.Engines[0].Store.Keys.ContainsKey((0, "a"))
            ? (world.Engines[0], "a", "b")
            : (world.Engines[0], "b", "a");
        slow.Stall(true);

        client.Send("GET", slowKey).Send("GET", fastKey).Send("PING").Send("MGET", "a", "b");
        world.Driver.Settle();
        Assert.Empty(client.Frames);
        slow.Stall(false);

        string Value(string key) => key == "a" ? "$1\r\n1\r\n" : "$1\r\n2\r\n";
        Assert.Equal([Value(slowKey), Value(fastKey), "+PONG\r\n", "*2\r\n$1\r\n1\r\n$1\r\n2\r\n"], client.Next(4));
    }

    [Fact]
    public void A_shard_that_dies_fails_its_part_and_only_that()
    {
        ProxyWorld world = new(shards: 2);
        MemoryClient client = world.Connect();
        client.Ask("MSET", "a", "1", "b", "2");
        world.Engines[0].Stall(true);
        string key = world.Engines[1].Store.Keys.Keys.Single().Key;
        client.Send("MGET", "a", "b").Send("GET", key);
        world.Driver.Settle();

        world.Engines[0].CutAll();

        Assert.StartsWith("-ERR upstream lost", client.Next());
        Assert.StartsWith("$1", client.Next());
    }

    [Fact]
    public void Scan_keys_and_info_see_every_shard()
    {
        ProxyWorld world = new(seed: 7, shards: 3);
        MemoryClient client = world.Connect();
        string[] keys = [.. Enumerable.Range(0, 40).Select(i => $"key{i}")];
        foreach (string key in keys)
        {
            client.Ask("SET", key, "v");
        }

        List<string> scanned = [];
        string cursor = "0";
        int pages = 0;
        do
        {
            string[] lines = client.Ask("SCAN", cursor).Split("\r\n");
            cursor = lines[2];
            scanned.AddRange(lines.Where(line => line.StartsWith("key", StringComparison.Ordinal)));
        }
        while (cursor != "0" && ++pages < 100);

        Assert.Equal(keys.Order(StringComparer.Ordinal), scanned.Order(StringComparer.Ordinal));
        Assert.Equal(40, client.Ask("KEYS", "*").Split("\r\n").Count(line => line.StartsWith("key", StringComparison.Ordinal)));

        // Each fake engine says that all of its keys expire, in as many seconds as it has keys.
        long averageTtl = world.Engines.Sum(engine => 1000L * engine.Store.Keys.Count * engine.Store.Keys.Count) / 40;
        Assert.Contains($"db0:keys=40,expires=40,avg_ttl={averageTtl}\r\n", client.Ask("INFO"));
        Assert.StartsWith("*2", client.Ask("SCAN", "255"));
        Assert.StartsWith("-ERR invalid cursor", client.Ask("SCAN", "x"));
    }
}
