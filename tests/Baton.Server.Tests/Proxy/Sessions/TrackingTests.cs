using Baton.Protocol.Commands;
using Baton.Server.Engines;
using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

public sealed class TrackingTests
{
    private const string InvalidateAll = ">2\r\n$10\r\ninvalidate\r\n_\r\n";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_key_that_was_read_is_invalidated_when_another_client_writes_it(int shards)
    {
        ProxyWorld world = new(shards: shards);
        MemoryClient reader = Tracking(world);
        MemoryClient writer = world.Connect();

        foreach (string key in (string[])["a", "b", "c"])
        {
            Assert.Equal("_\r\n", reader.Ask("GET", key));
            Assert.Equal("+OK\r\n", writer.Ask("SET", key, "1"));
            Assert.Equal(Invalidate(key), reader.Next());
            Assert.Equal("+OK\r\n", writer.Ask("SET", key, "2"));
            Assert.Equal("$1\r\n2\r\n", reader.Ask("GET", key));
        }

        Assert.Empty(reader.Frames);
    }

    [Fact]
    public void An_invalidation_never_overtakes_a_reply_of_its_shard_that_waits_for_another_shard()
    {
        ProxyWorld world = new(shards: 2);
        MemoryClient reader = Tracking(world);
        MemoryClient writer = world.Connect();
        writer.Ask("SET", "b", "old");
        for (int i = 0; i < 8; i++)
        {
            reader.Ask("GET", "a"); // until its replies are known to be small, and several are asked for at once
        }

        world.Engines[1].Stall(true);

        // a is on the stalled shard: the value of b waits behind it, and the news that it has changed behind the value.
        reader.Send("GET", "a").Send("GET", "b").Send("MGET", "b", "a");
        world.Driver.Settle();
        Assert.Equal("+OK\r\n", writer.Ask("SET", "b", "new"));
        world.Driver.Settle();
        Assert.Empty(reader.Frames);
        world.Engines[1].Stall(false);

        Assert.Equal(["_\r\n", "$3\r\nold\r\n", "*2\r\n$3\r\nold\r\n_\r\n", Invalidate("b")], reader.Next(4));
        Assert.Equal("$3\r\nnew\r\n", reader.Ask("GET", "b"));
    }

    [Fact]
    public void Opt_in_tracks_only_the_command_behind_client_caching_on_whichever_shards_it_runs()
    {
        ProxyWorld world = new(shards: 2);
        MemoryClient reader = Tracking(world, "OPTIN");
        MemoryClient writer = world.Connect();

        reader.Ask("GET", "a");
        Assert.Equal("+OK\r\n", reader.Ask("CLIENT", "CACHING", "YES"));
        reader.Ask("MGET", "b", "d");
        reader.Ask("GET", "c");
        foreach (string key in (string[])["a", "b", "c", "d"])
        {
            writer.Ask("SET", key, "1");
        }

        Assert.Equal(new[] { Invalidate("b"), Invalidate("d") }, reader.Next(2).Order());
        Assert.Equal("+PONG\r\n", reader.Ask("PING"));
        Assert.StartsWith("-ERR CLIENT CACHING NO is only valid", reader.Ask("CLIENT", "CACHING", "NO"));
    }

    [Fact]
    public void Client_caching_before_multi_concerns_the_whole_transaction()
    {
        ProxyWorld world = new();
        MemoryClient reader = Tracking(world, "OPTIN");

        reader.Ask("CLIENT", "CACHING", "YES");
        reader.Ask("MULTI");
        reader.Ask("GET", "a");
        reader.Ask("GET", "b");
        Assert.Equal("*2\r\n_\r\n_\r\n", reader.Ask("EXEC"));
        world.Connect().Ask("MSET", "a", "1", "b", "1");

        Assert.Equal([Invalidate("a"), Invalidate("b")], reader.Next(2));
    }

    [Fact]
    public void Opt_out_leaves_out_the_command_behind_client_caching_no()
    {
        ProxyWorld world = new();
        MemoryClient reader = Tracking(world, "OPTOUT");

        reader.Ask("CLIENT", "CACHING", "NO");
        reader.Ask("GET", "a");
        reader.Ask("GET", "b");
        world.Connect().Ask("MSET", "a", "1", "b", "1");

        Assert.Equal([Invalidate("b"), "+PONG\r\n"], reader.Send("PING").Next(2));
    }

    [Fact]
    public void Broadcast_tells_of_keys_never_read_and_noloop_leaves_out_own_writes()
    {
        ProxyWorld world = new(shards: 2);
        MemoryClient reader = Tracking(world, "BCAST", "NOLOOP", "PREFIX", "user:");
        Assert.Equal("+OK\r\n", reader.Ask("CLIENT", "TRACKING", "ON", "BCAST", "NOLOOP", "PREFIX", "{b}"));
        MemoryClient writer = world.Connect();

        writer.Ask("SET", "user:1", "x");
        Assert.Equal(Invalidate("user:1"), reader.Next());
        writer.Ask("SET", "other", "x");
        reader.Ask("SET", "user:1", "y");
        writer.Ask("SET", "{b}1", "x");
        Assert.Equal(Invalidate("{b}1"), reader.Next());

        world.Switch(1);
        Assert.Equal(InvalidateAll, reader.Next());
        writer.Ask("SET", "{b}2", "x");
        Assert.Equal(Invalidate("{b}2"), reader.Next());
    }

    [Fact]
    public void Nothing_is_told_before_client_tracking_is_answered()
    {
        ProxyWorld world = new(shards: 2);
        MemoryClient reader = Tracking(world, "BCAST", "PREFIX", "a");
        MemoryClient writer = world.Connect();
        writer.Ask("GET", "b");
        world.Engines[1].Stall(true);

        reader.Send("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "b");
        world.Driver.Settle();
        Assert.Equal("+OK\r\n", writer.Ask("SET", "b", "1"));
        world.Driver.Settle();
        Assert.Empty(reader.Frames);
        world.Engines[1].Stall(false);

        Assert.Equal(["+OK\r\n", Invalidate("b")], reader.Next(2));
    }

    [Fact]
    public void Flushall_invalidates_everything()
    {
        ProxyWorld world = new();
        MemoryClient reader = Tracking(world);

        Assert.Equal("+OK\r\n", world.Connect().Ask("FLUSHALL"));

        Assert.Equal(InvalidateAll, reader.Next());
    }

    [Fact]
    public void After_a_switch_everything_is_invalid_before_a_held_read_runs_and_reads_are_tracked_again()
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient reader = Tracking(world);
        MemoryClient writer = world.Connect();
        reader.Ask("GET", "a");

        IShardHold hold = world.Hold();
        reader.Send("GET", "a");
        writer.Send("SET", "a", "1");
        world.Driver.Settle();
        FakeEngine next = world.Successor();
        Assert.True(hold.TryCommit());
        world.Driver.RunUntil(hold.SwitchAsync(world.TargetOf(next), CancellationToken.None));
        world.Driver.RunUntil(hold.ReleaseAsync());

        Assert.Equal(InvalidateAll, reader.Next());
        Assert.Equal("+OK\r\n", writer.Next());
        string[] frames = reader.Next(1);
        if (frames[0] == "_\r\n")
        {
            Assert.Equal(Invalidate("a"), reader.Next());
        }

        Assert.Equal("$1\r\n1\r\n", reader.Ask("GET", "a"));
        writer.Ask("SET", "a", "2");
        Assert.Equal(Invalidate("a"), reader.Next());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void When_all_is_quiet_no_cache_holds_anything_but_what_the_engines_hold(int seed)
    {
        ProxyWorld world = new(seed, shards: 2, loops: 2);
        Random random = new(seed);
        string[] keys = [.. Enumerable.Range(0, 8).Select(i => $"k{i}")];
        CachingClient[] readers = [new(Tracking(world)), new(Tracking(world, "NOLOOP")), new(Tracking(world))];
        MemoryClient writer = world.Connect();
        int hits = 0;
        for (int round = 0; round < 40; round++)
        {
            for (int i = 0; i < 10; i++)
            {
                readers[random.Next(readers.Length)].Read(keys[random.Next(keys.Length)]);
                writer.Send("SET", keys[random.Next(keys.Length)], $"{round}.{i}");
            }

            if (round % 8 == 7)
            {
                world.Switch(1 + random.Next(2));
            }

            world.Driver.Settle();
            foreach (CachingClient reader in readers)
            {
                reader.Take();
                hits += reader.Cache.Count;
                Assert.All(reader.Cache, entry => Assert.Equal(ValueOf(world, entry.Key), entry.Value));
            }
        }

        Assert.True(hits > 100, $"Seed {seed}: the caches held almost nothing ({hits}).");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_watch_on_a_tracking_connection_commits_or_answers_null_also_after_a_switch(bool moves)
    {
        ProxyWorld world = new();
        MemoryClient client = Tracking(world);
        Assert.Equal("+OK\r\n", client.Ask("WATCH", "a"));
        client.Ask("GET", "a");
        if (moves)
        {
            world.Switch();
            Assert.Equal(InvalidateAll, client.Next());
        }

        client.Ask("MULTI");
        client.Ask("SET", "b", "1");
        Assert.Equal("*1\r\n+OK\r\n", client.Ask("EXEC"));

        client.Ask("WATCH", "a");
        client.Ask("GET", "a");
        world.Connect().Ask("SET", "a", "1");
        Assert.Equal(Invalidate("a"), client.Next());
        client.Ask("MULTI");
        client.Ask("SET", "b", "2");
        Assert.Equal("_\r\n", client.Ask("EXEC"));
    }

    [Fact]
    public void Select_goes_along_and_off_ends_it()
    {
        ProxyWorld world = new();
        MemoryClient reader = Tracking(world);
        Assert.Equal("+OK\r\n", reader.Ask("SELECT", "3"));
        Assert.Equal("+OK\r\n", reader.Ask("SET", "a", "1"));
        Assert.True(world.Engines[0].Store.Keys.ContainsKey((3, "a")));
        world.Switch();
        Assert.Equal(InvalidateAll, reader.Next());
        Assert.Equal("$1\r\n1\r\n", reader.Ask("GET", "a"));
        Assert.Equal(":0\r\n", reader.Ask("CLIENT", "GETREDIR"));

        Assert.Equal("+OK\r\n", reader.Ask("CLIENT", "TRACKING", "OFF"));

        Assert.Equal("$1\r\n1\r\n", reader.Ask("GET", "a"));
        Assert.Equal(":-1\r\n", reader.Ask("CLIENT", "GETREDIR"));
        MemoryClient writer = world.Connect();
        writer.Ask("SELECT", "3");
        writer.Ask("SET", "a", "2");
        Assert.Equal("+PONG\r\n", reader.Ask("PING"));
        Assert.StartsWith("%3\r\n$5\r\nflags\r\n~1\r\n$3\r\noff\r\n", reader.Ask("CLIENT", "TRACKINGINFO"));
    }

    [Fact]
    public void What_cannot_be_done_is_refused_and_leaves_nothing_behind()
    {
        ProxyWorld world = new();
        MemoryClient old = world.Connect();
        MemoryClient modern = world.ConnectResp3();

        Assert.Equal("-ERR The client ID you want redirect to does not exist\r\n", modern.Ask("CLIENT", "TRACKING", "ON", "REDIRECT", "4"));
        Assert.Equal("-ERR value is not an integer or out of range\r\n", modern.Ask("CLIENT", "TRACKING", "ON", "REDIRECT", "x"));
        Assert.Equal("-ERR syntax error\r\n", modern.Ask("CLIENT", "TRACKING", "ON", "SOMETIMES"));
        Assert.Equal("-ERR You can't use both OPTIN mode and OPTOUT mode\r\n", modern.Ask("CLIENT", "TRACKING", "ON", "OPTIN", "OPTOUT"));
        Assert.StartsWith("-ERR CLIENT CACHING can be called only when", modern.Ask("CLIENT", "CACHING", "YES"));
        Assert.Equal(":-1\r\n", modern.Ask("CLIENT", "GETREDIR"));
        Assert.Equal("_\r\n", modern.Ask("GET", "a"));
        old.Ask("SET", "a", "1");
        Assert.Equal("+PONG\r\n", modern.Ask("PING"));
    }

    [Theory]
    [InlineData("TRACKING", "ON")]
    [InlineData("TRACKING", "OFF")]
    [InlineData("CACHING", "YES")]
    [InlineData("TRACKINGINFO", null)]
    [InlineData("GETREDIR", null)]
    public void The_embedded_engine_refuses_by_name(string subcommand, string? argument)
    {
        CommandTable table = new([.. CommandTable.Redis.All.Where(row =>
            !row.Name.StartsWith("CLIENT|TRACK", StringComparison.Ordinal) && row.Name is not ("CLIENT|CACHING" or "CLIENT|GETREDIR"))]);
        ProxyWorld world = new(capabilities: new EngineCapabilities(EngineKind.Garnet, "garnet 2.2.8", table, false, false, false, false, SafeBlocking: false));
        string[] command = argument is null ? ["CLIENT", subcommand] : ["CLIENT", subcommand, argument];

        Assert.Equal($"-ERR CLIENT {subcommand}: the embedded engine has no client-side caching; use --engine redis\r\n", world.ConnectResp3().Ask(command));
    }

    [Fact]
    public void A_link_that_is_lost_ends_the_connection()
    {
        ProxyWorld world = new();
        MemoryClient reader = Tracking(world);

        world.Engines[0].CutAll();

        Assert.Equal(CloseReason.ClosedByPeer, reader.WaitClosed());
        Assert.Equal(1, world.Plane.Statistics.ClosedBy[CloseReason.UpstreamLost]);
    }

    private static MemoryClient Tracking(ProxyWorld world, params string[] options)
    {
        MemoryClient client = world.ConnectResp3();
        Assert.Equal("+OK\r\n", client.Ask(["CLIENT", "TRACKING", "ON", .. options]));
        return client;
    }

    private static string Invalidate(string key) => $">2\r\n$10\r\ninvalidate\r\n*1\r\n${key.Length}\r\n{key}\r\n";

    private static string? ValueOf(ProxyWorld world, string key) =>
        world.Engines.Select(engine => engine.Store.Keys.GetValueOrDefault((0, key))).FirstOrDefault(value => value is not null) as string;

    /// <summary>Reads through a cache and does what invalidations say, in the order in which frames come.</summary>
    private sealed class CachingClient(MemoryClient client)
    {
        private readonly Queue<string> _asked = new();

        public Dictionary<string, string?> Cache { get; } = [];

        public void Read(string key)
        {
            _asked.Enqueue(key);
            client.Send("GET", key);
        }

        public void Take()
        {
            while (client.Frames.TryDequeue(out string? frame))
            {
                string[] lines = frame.Split("\r\n");
                if (frame == InvalidateAll)
                {
                    Cache.Clear();
                }
                else if (frame[0] == '>')
                {
                    Cache.Remove(lines[^2]);
                }
                else
                {
                    Cache[_asked.Dequeue()] = frame[0] == '$' ? lines[1] : null;
                }
            }

            Assert.Empty(_asked);
        }
    }
}
