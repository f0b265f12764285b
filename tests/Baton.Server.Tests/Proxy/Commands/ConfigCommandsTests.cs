using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Commands;

public sealed class ConfigCommandsTests
{
    [Fact]
    public void A_setting_reaches_every_shard_and_is_kept_before_the_reply()
    {
        ProxyWorld world = new(shards: 3);
        RecordingKeeper keeper = new();
        world.Plane.ConfigurationKeeper = keeper;
        MemoryClient client = world.Connect();
        client.Send("CONFIG", "SET", "Notify-Keyspace-Events", "Ex", "hz", "20");
        world.Driver.RunUntil(() => keeper.Kept.Count == 1);

        Assert.Empty(client.Frames);
        Assert.All(world.Engines, engine => Assert.Equal(("Ex", "20"), (engine.Configuration["notify-keyspace-events"], engine.Configuration["hz"])));
        Assert.Equal("1: hz=20 notify-keyspace-events=Ex", keeper.Kept[0]);
        keeper.Answer.SetResult(null);
        Assert.Equal("+OK\r\n", client.Next());
    }

    [Fact]
    public void What_an_engine_or_the_cluster_refuses_is_an_error_and_what_the_engine_refuses_is_not_kept()
    {
        ProxyWorld world = new(shards: 2);
        RecordingKeeper keeper = new();
        world.Plane.ConfigurationKeeper = keeper;
        MemoryClient client = world.Connect();

        Assert.StartsWith("-ERR CONFIG SET failed (possibly related to argument 'hz')", client.Ask("CONFIG", "SET", "hz", "bad"));
        Assert.Empty(keeper.Kept);
        keeper.Answer.SetResult("the disk is full");
        Assert.Equal("-ERR CONFIG SET failed: the disk is full\r\n", client.Ask("CONFIG", "SET", "hz", "20"));
        Assert.Equal("+PONG\r\n", client.Ask("PING"));
    }

    [Theory]
    [InlineData("maxmemory", "memory_size")]
    [InlineData("requirepass", "authentication_redis_pass")]
    [InlineData("appendonly", "--persist")]
    [InlineData("min-replicas-to-write", "replication")]
    [InlineData("nonsense", "the cluster decides it")]
    public void What_belongs_to_the_cluster_is_refused_by_name(string name, string why)
    {
        ProxyWorld world = new();
        RecordingKeeper keeper = new();
        world.Plane.ConfigurationKeeper = keeper;

        string reply = world.Connect().Ask("CONFIG", "SET", "hz", "20", name, "1");

        Assert.StartsWith($"-ERR CONFIG SET {name} is not available here: ", reply);
        Assert.Contains(why, reply, StringComparison.Ordinal);
        Assert.Empty(keeper.Kept);
        Assert.DoesNotContain("hz", world.Engines[0].Configuration.Keys);
    }

    [Fact]
    public void Eviction_and_idle_time_are_the_clusters_and_the_engines_are_not_asked()
    {
        ProxyWorld world = new();
        RecordingKeeper keeper = new();
        keeper.Answer.SetResult(null);
        world.Plane.ConfigurationKeeper = keeper;
        MemoryClient client = world.Connect();

        Assert.Equal("+OK\r\n", client.Ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "timeout", "30"));

        Assert.Equal(["1: maxmemory-policy=allkeys-lru timeout=30"], keeper.Kept);
        Assert.DoesNotContain(world.Engines[0].Received, command => command.StartsWith("CONFIG", StringComparison.Ordinal));
        Assert.Equal("-ERR syntax error\r\n", client.Ask("CONFIG", "SET", "hz", "20", "timeout"));
        Assert.StartsWith("-ERR CONFIG SET failed (possibly related to argument 'hz') - duplicate", client.Ask("CONFIG", "SET", "hz", "20", "HZ", "30"));
    }

    [Fact]
    public void What_is_read_is_the_databases_and_holds_no_secret()
    {
        ProxyWorld world = new(shards: 3);
        world.Publish(route => route with { Limits = route.Limits with { IdleTimeoutSeconds = 30 } });
        int port = world.Address.Port;
        MemoryClient client = world.Connect();

        Assert.Equal($"*6\r\n$4\r\nport\r\n${port.ToString().Length}\r\n{port}\r\n$9\r\nmaxmemory\r\n$3\r\n300\r\n$7\r\ntimeout\r\n$2\r\n30\r\n",
            client.Ask("CONFIG", "GET", "*"));
        Assert.Equal("%0\r\n", world.ConnectResp3().Ask("CONFIG", "GET", "requirepass"));
        Assert.Equal("+OK\r\n", client.Ask("MULTI"));
        Assert.StartsWith("-ERR CONFIG GET inside MULTI is not available here", client.Ask("CONFIG", "GET", "requirepass"));
        Assert.StartsWith("-EXECABORT", client.Ask("EXEC"));
    }

    [Fact]
    public void Clients_that_say_nothing_are_closed_after_the_idle_time_and_those_that_wait_are_not()
    {
        ProxyWorld world = new();
        MemoryClient silent = world.Connect();
        MemoryClient busy = world.Connect();
        MemoryClient subscriber = world.ConnectResp3();
        MemoryClient blocked = world.Connect();
        Assert.Equal("+PONG\r\n", silent.Ask("PING"));
        subscriber.Ask("SUBSCRIBE", "news");
        blocked.Send("BLPOP", "list", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);
        world.Publish(route => route with { Limits = route.Limits with { IdleTimeoutSeconds = 3 } });
        for (int second = 0; second < 6; second++)
        {
            world.Driver.Advance(1000);
            Assert.Equal("+PONG\r\n", busy.Ask("PING"));
        }

        Assert.Equal(CloseReason.ClosedByPeer, silent.WaitClosed());
        Assert.Equal(1, world.Plane.Statistics.ClosedBy[CloseReason.Idle]);
        Assert.Null(subscriber.Closed);
        Assert.Null(blocked.Closed);
        world.Publish(route => route with { Limits = route.Limits with { IdleTimeoutSeconds = 0 } });
        world.Driver.Advance(60_000);
        Assert.Equal("+PONG\r\n", busy.Ask("PING"));
    }

    [Fact]
    public void A_running_script_is_killed_on_whichever_shard_it_runs()
    {
        ProxyWorld world = new(shards: 3);
        MemoryClient runner = world.Connect();
        MemoryClient other = world.Connect();

        Assert.StartsWith("-NOTBUSY", other.Ask("SCRIPT", "KILL"));
        runner.Send("EVAL", "loop", "1", "key");
        world.Driver.RunUntil(() => world.Engines.Sum(engine => engine.BlockedCount) == 1);
        Assert.Equal("+OK\r\n", other.Ask("SCRIPT", "KILL"));
        Assert.StartsWith("-", runner.Next());
        Assert.StartsWith("-NOTBUSY", other.Ask("SCRIPT", "KILL"));
    }

    private sealed class RecordingKeeper : IConfigurationKeeper
    {
        public List<string> Kept { get; } = [];

        public TaskCompletionSource<string?> Answer { get; } = new();

        public Task<string?> KeepAsync(int databaseUid, IReadOnlyDictionary<string, string> values)
        {
            Kept.Add($"{databaseUid}: {string.Join(' ', values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value}"))}");
            return Answer.Task;
        }
    }
}
