using Baton.Protocol.Cluster;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Commands;

/// <summary>Commands about the whole database over three shards, each with an answer of its own.</summary>
public sealed class WholeDatabaseTests
{
    [Theory]
    [InlineData("PUBSUB CHANNELS", "*2|$1|a|$1|b|", "*2|$1|b|$1|c|", "*0|", "*3|$1|a|$1|b|$1|c|")]
    [InlineData("PUBSUB CHANNELS *", "*2|$14|baton:seam:1:0|$1|b|", "*1|$14|baton:seam:2:0|", "*1|$1|c|", "*2|$1|b|$1|c|")]
    [InlineData("PUBSUB SHARDCHANNELS", "*1|$1|a|", "*0|", "*1|$1|c|", "*2|$1|a|$1|c|")]
    [InlineData("PUBSUB NUMPAT", ":2|", ":2|", ":1|", ":2|")]
    [InlineData("PUBSUB NUMSUB A B", "*4|$1|a|:1|$1|b|:0|", "*4|$1|a|:1|$1|b|:3|", "*4|$1|a|:1|$1|b|:3|", "*4|$1|a|:1|$1|b|:3|")]
    [InlineData("PUBSUB SHARDNUMSUB A B", "*4|$1|a|:6|$1|b|:0|", "*4|$1|a|:0|$1|b|:0|", "*4|$1|a|:0|$1|b|:2|", "*4|$1|a|:6|$1|b|:2|")]
    [InlineData("SLOWLOG LEN", ":2|", ":0|", ":3|", ":5|")]
    [InlineData("SLOWLOG GET 2", "*2|*2|:9|:300|*2|:8|:100|", "*1|*2|:7|:200|", "*1|*2|:7|:50|", "*2|*2|:27|:300|*2|:22|:200|")]
    [InlineData("SLOWLOG GET -1", "*1|*2|:0|:300|", "*0|", "*1|*2|:0|:300|", "*2|*2|:2|:300|*2|:0|:300|")]
    [InlineData("LATENCY LATEST", "*1|*4|$1|e|:10|:5|:9|", "*1|*4|$1|e|:12|:3|:20|", "*1|*4|$1|f|:11|:1|:1|", "*2|*4|$1|e|:12|:3|:20|*4|$1|f|:11|:1|:1|")]
    [InlineData("LATENCY HISTORY E", "*2|*2|:10|:5|*2|:12|:1|", "*1|*2|:10|:7|", "*0|", "*2|*2|:10|:7|*2|:12|:1|")]
    [InlineData("LATENCY RESET", ":1|", ":2|", ":0|", ":2|")]
    [InlineData(
        "LATENCY HISTOGRAM GET",
        "*2|$3|get|*4|$5|calls|:3|$14|histogram_usec|*4|:1|:2|:4|:3|",
        "*2|$3|get|*4|$5|calls|:5|$14|histogram_usec|*2|:2|:5|",
        "*0|",
        "*2|$3|get|*4|$5|calls|:8|$14|histogram_usec|*6|:1|:2|:2|:7|:4|:8|")]
    [InlineData("LATENCY DOCTOR", "=7|txt:all|", "=7|txt:all|", "=7|txt:all|", "=7|txt:all|")]
    [InlineData("LATENCY GRAPH E", "-ERR No samples|", "$4|line|", "-ERR No samples|", "$4|line|")]
    [InlineData("LATENCY GRAPH F", "-ERR No samples|", "-ERR No samples|", "-ERR No samples|", "-ERR No samples|")]
    [InlineData("MEMORY DOCTOR", "$2|ok|", "$3|bad|", "$2|ok|", "$38|Shard 1:\nok\n\nShard 2:\nbad\n\nShard 3:\nok|")]
    [InlineData("MEMORY PURGE", "+OK|", "+OK|", "-ERR no jemalloc|", "-ERR no jemalloc (shard 3 of 3; the other shards carried it out)|")]
    [InlineData("FUNCTION STATS", "*4|$1|r|$-1|$1|e|*0|", "*4|$1|r|*2|$1|n|$1|f|$1|e|*0|", "*4|$1|r|$-1|$1|e|*0|", "*4|$1|r|*2|$1|n|$1|f|$1|e|*0|")]
    [InlineData("FLUSHALL", "+OK|", "-OOM no|", "-OOM no|", "-OOM no (shard 2, 3 of 3; the other shards carried it out)|")]
    [InlineData("FLUSHDB", "-OOM no|", "-OOM no|", "-OOM no|", "-OOM no|")]
    [InlineData("DBSIZE", ":1|", ":2|", ":3|", ":6|")]
    [InlineData("COMMAND COUNT", ":240|", ":240|", ":240|", ":240|")]
    public void The_shards_answers_become_one(string command, string first, string second, string third, string expected)
    {
        ProxyWorld world = new(shards: 3);
        foreach ((FakeEngine engine, string answer) in world.Engines.Zip((string[])[first, second, third]))
        {
            engine.Answers[command] = Frame(answer);
        }

        Assert.Equal(Frame(expected), world.Connect().Ask(command.Split(' ')));
    }

    [Fact]
    public void The_proxys_own_channels_are_not_told_on_one_shard_either()
    {
        ProxyWorld world = new();
        world.Engines[0].Answers["PUBSUB CHANNELS"] = Frame("*2|$14|baton:seam:1:0|$1|b|");
        world.Engines[0].Answers["PUBSUB CHANNELS A B"] = Frame("-ERR wrong|");

        Assert.Equal(Frame("*1|$1|b|"), world.Connect().Ask("PUBSUB", "CHANNELS"));
        Assert.Equal(Frame("-ERR wrong|"), world.Connect().Ask("PUBSUB", "CHANNELS", "A", "B"));
    }

    [Fact]
    public void Memory_stats_are_sums_and_shares_follow_from_the_sums()
    {
        ProxyWorld world = new(shards: 2);
        world.Engines[0].Answers["MEMORY STATS"] = Frame(
            "*16|$14|peak.allocated|:200|$15|total.allocated|:100|$17|startup.allocated|:20|$13|dataset.bytes|:40|$18|dataset.percentage|$2|50|"
            + "$10|keys.count|:2|$18|keys.bytes-per-key|:40|$13|fragmentation|$1|3|");
        world.Engines[1].Answers["MEMORY STATS"] = Frame(
            "*18|$14|peak.allocated|:200|$15|total.allocated|:100|$17|startup.allocated|:20|$13|dataset.bytes|:80|$18|dataset.percentage|$3|100|"
            + "$10|keys.count|:0|$18|keys.bytes-per-key|:0|$13|fragmentation|$1|1|$4|db.0|*2|$1|x|:7|");

        Assert.Equal(
            Frame("*18|$14|peak.allocated|:400|$15|total.allocated|:200|$17|startup.allocated|:40|$13|dataset.bytes|:120|$18|dataset.percentage|$2|75|"
                + "$10|keys.count|:2|$18|keys.bytes-per-key|:80|$13|fragmentation|$1|2|$4|db.0|*2|$1|x|:7|"),
            world.Connect().Ask("MEMORY", "STATS"));
    }

    [Fact]
    public void Info_names_each_command_and_error_once()
    {
        ProxyWorld world = new(shards: 2);
        world.Engines[0].Answers["INFO ALL"] = Bulk("# Commandstats|cmdstat_get:calls=2,usec=4,usec_per_call=2.00,failed_calls=1||# Errorstats|errorstat_ERR:count=1||"
            + "# Latencystats|latency_percentiles_usec_get:p50=1.5,p99.9=9|");
        world.Engines[1].Answers["INFO ALL"] = Bulk("# Commandstats|cmdstat_get:calls=1,usec=5,usec_per_call=5.00,failed_calls=0|cmdstat_set:calls=1,usec=1,usec_per_call=1.00,"
            + "failed_calls=0||# Errorstats|errorstat_OOM:count=3||# Latencystats|latency_percentiles_usec_get:p50=2.5,p99.9=3|");

        string info = world.Connect().Ask("INFO", "ALL");

        Assert.Equal(
            "# Commandstats|cmdstat_get:calls=3,usec=9,usec_per_call=3.00,failed_calls=1|cmdstat_set:calls=1,usec=1,usec_per_call=1.00,failed_calls=0||"
            + "# Errorstats|errorstat_ERR:count=1|errorstat_OOM:count=3||# Latencystats|latency_percentiles_usec_get:p50=2.5,p99.9=9|",
            info[(info.IndexOf('\n', StringComparison.Ordinal) + 1)..^2].Replace("\r\n", "|", StringComparison.Ordinal));
    }

    [Fact]
    public void Random_keys_come_from_each_shard_as_often_as_it_has_keys_and_null_only_when_there_are_none()
    {
        ProxyWorld world = new(shards: 3);
        string[] sizes = [":0|", ":75|", ":25|"];
        string[] keys = ["$-1|", "$1|b|", "$1|c|"];
        for (int i = 0; i < 3; i++)
        {
            world.Engines[i].Answers["DBSIZE"] = Frame(sizes[i]);
            world.Engines[i].Answers["RANDOMKEY"] = Frame(keys[i]);
        }

        MemoryClient client = world.Connect();
        Dictionary<string, int> given = Enumerable.Range(0, 400).Select(_ => client.Ask("RANDOMKEY")).CountBy(static key => key).ToDictionary();
        Assert.Equal(["$1\r\nb\r\n", "$1\r\nc\r\n"], given.Keys.Order());
        Assert.InRange(given["$1\r\nb\r\n"], 280, 320);

        world.Engines[1].Answers["RANDOMKEY"] = world.Engines[2].Answers["RANDOMKEY"] = Frame("$-1|");
        Assert.Equal("$-1\r\n", client.Ask("RANDOMKEY"));
    }

    [Fact]
    public void Functions_are_on_all_shards_or_on_none()
    {
        ProxyWorld world = new(shards: 3);
        MemoryClient client = world.Connect();
        Assert.Equal("$3\r\none\r\n", client.Ask("FUNCTION", "LOAD", "one"));
        Assert.All(world.Engines, static engine => Assert.Equal(["one"], engine.Functions));

        world.Engines[1].Answers["FUNCTION LOAD TWO"] = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
        Assert.Equal(
            "-OOM command not allowed when used memory > 'maxmemory'. (shard 2 of 3; undone on the others)\r\n", client.Ask("FUNCTION", "LOAD", "two"));
        Assert.All(world.Engines, static engine => Assert.Equal(["one"], engine.Functions));

        Array.ForEach(world.Engines, static engine => engine.Answers["FUNCTION LOAD TWO"] = "-ERR Error compiling function\r\n");
        Assert.Equal("-ERR Error compiling function\r\n", client.Ask("FUNCTION", "LOAD", "two"));
    }

    [Fact]
    public void A_script_is_there_when_it_has_compiled()
    {
        ProxyWorld world = new(shards: 3);
        MemoryClient client = world.Connect();
        Assert.StartsWith("-ERR", client.Ask("EVAL", "broken!", "1", "a"));
        Assert.StartsWith("$", client.Ask("EVAL", "return 1", "1", "a"));

        Assert.Equal("*2\r\n:0\r\n:1\r\n", client.Ask("SCRIPT", "EXISTS", FakeScriptName("broken!"), FakeScriptName("return 1")));
    }

    [Fact]
    public void In_a_transaction_it_is_refused_for_that_runs_on_one_shard()
    {
        MemoryClient client = new ProxyWorld(shards: 2).Connect();
        client.Ask("MULTI");

        Assert.StartsWith("-ERR RANDOMKEY inside MULTI is not available here", client.Ask("RANDOMKEY"));
        Assert.StartsWith("-EXECABORT", client.Ask("EXEC"));
    }

    [Theory]
    [InlineData("SORT l BY w_*", "-ERR BY option of SORT denied in cluster mode")]
    [InlineData("SORT l BY w_{l}*", null)]
    [InlineData("SORT l BY w_{m}*", "-ERR BY option")]
    [InlineData("SORT l BY *{l}", "-ERR BY option")]
    [InlineData("SORT l BY nosort GET #", null)]
    [InlineData("SORT l LIMIT 0 5 GET # GET o_*->f", "-ERR GET option of SORT denied in cluster mode")]
    [InlineData("SORT_RO l GET o_*", "-ERR GET option")]
    [InlineData("SORT l GET {l}_*", null)]
    [InlineData("SORT l STORE other", "-CROSSSLOT")]
    [InlineData("SORT BY BY nosort", null)]
    public void Sort_uses_other_keys_only_where_a_hash_tag_says_that_they_are_near(string command, string? error) => AssertRefused(command.Split(' '), error);

    [Theory]
    [InlineData("return 1", null)]
    [InlineData("return redis.call('PUBLISH', ARGV[1], 'x')", null)]
    [InlineData("return redis.call('GET', ARGV[1])", "-ERR EVAL is not available here over several shards: it names no KEYS")]
    [InlineData("return redis.call('GET', 'a') .. redis.call('GET', 'b')", "-CROSSSLOT")]
    [InlineData("return redis.call('FLUSHALL')", "-ERR EVAL is not available here over several shards: it calls FLUSHALL")]
    public void A_script_without_keys_runs_where_what_can_be_seen_of_it_lies(string script, string? error) => AssertRefused(["EVAL", script, "0"], error);

    [Fact]
    public void A_script_with_a_key_written_out_runs_on_the_shard_of_that_key()
    {
        ProxyWorld world = new(shards: 3);
        foreach (string key in (string[])["a", "b", "c", "d"])
        {
            string script = $"return redis.call('GET', '{key}')";
            Assert.StartsWith("$", world.Connect().Ask("EVAL", script, "0"));
            Assert.Contains(script, world.Engines[HashSlot.Of(System.Text.Encoding.ASCII.GetBytes(key)) * 3 / 16384].Scripts);
        }
    }

    [Theory]
    [InlineData("FCALL f 0", "-ERR FCALL is not available here over several shards")]
    [InlineData("EVALSHA ffffffffffffffffffffffffffffffffffffffff 0", "-NOSCRIPT")]
    public void A_function_without_keys_and_a_script_nobody_knows_are_not_run_on_just_any_shard(string command, string error) =>
        AssertRefused(command.Split(' '), error);

    private static void AssertRefused(string[] command, string? error)
    {
        ProxyWorld world = new(shards: 3);
        string answer = world.Connect().Ask(command);
        bool sent = world.Engines.Any(engine => engine.Received.Any(line => line.StartsWith(command[0], StringComparison.Ordinal)));

        Assert.StartsWith(error ?? "", answer);
        Assert.Equal(error is null, sent);
        MemoryClient queueing = world.Connect();
        queueing.Ask("MULTI");
        Assert.StartsWith(error ?? "+QUEUED", queueing.Ask(command));
    }

    private static string Frame(string text) => text.Replace("|", "\r\n", StringComparison.Ordinal);

    private static string Bulk(string lines)
    {
        string text = Frame(lines);
        return $"${text.Length}\r\n{text}\r\n";
    }

    private static string FakeScriptName(string body) => FakeScriptNames.Of(body);
}
