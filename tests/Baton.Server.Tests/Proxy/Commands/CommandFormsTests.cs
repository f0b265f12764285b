using Baton.Server.Engines;
using Baton.Server.Proxy.Commands;
using Baton.Server.Tests.Engines;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Commands;

public sealed class CommandFormsTests
{
    private static ProxyWorld Embedded => new(capabilities: ProxyWorld.Redis with { Kind = EngineKind.Garnet });

    [Theory]
    [InlineData("SET k v EXAT 1900000000", "SET with EXAT or PXAT")]
    [InlineData("SET k v NX pxat 1900000000000", "SET with EXAT or PXAT")]
    [InlineData("BITFIELD k OVERFLOW SAT INCRBY u8 0 1", "BITFIELD with OVERFLOW SAT or FAIL")]
    [InlineData("BITFIELD k GET u8 0 overflow fail SET u8 0 300", "BITFIELD with OVERFLOW SAT or FAIL")]
    [InlineData("BITPOS k 0", "BITPOS of a 0 without an end")]
    [InlineData("BITPOS k 0 2", "BITPOS of a 0 without an end")]
    [InlineData("PFADD k", "PFADD without elements")]
    [InlineData("ZADD k xx 1 a", "ZADD with XX")]
    [InlineData("GEOADD k CH XX 13 52 a", "GEOADD with XX")]
    [InlineData("LATENCY HISTOGRAM get", "LATENCY HISTOGRAM of named commands")]
    public void What_the_embedded_engine_gets_wrong_is_refused_by_name_and_dooms_a_transaction(string command, string named)
    {
        ProxyWorld world = Embedded;
        MemoryClient client = world.Connect();
        string expected = $"-ERR {named}: the embedded engine ";

        string reply = client.Ask(command.Split(' '));

        Assert.StartsWith(expected, reply);
        Assert.EndsWith("or use --engine redis\r\n", reply);
        Assert.Equal("+OK\r\n", client.Ask("MULTI"));
        Assert.StartsWith(expected, client.Ask(command.Split(' ')));
        Assert.StartsWith("-EXECABORT", client.Ask("EXEC"));
        Assert.DoesNotContain(command, world.Engines[0].Received);
    }

    [Theory]
    [InlineData("SET EXAT PXAT EX 10")]
    [InlineData("BITFIELD k SET u8 0 1 OVERFLOW WRAP INCRBY u8 0 1")]
    [InlineData("BITPOS k 1")]
    [InlineData("BITPOS k 0 0 -1")]
    [InlineData("PFADD k element")]
    [InlineData("EXPIRE k 10")]
    public void Other_forms_go_to_the_engine_as_they_are(string command)
    {
        ProxyWorld world = Embedded;

        world.Connect().Ask(command.Split(' '));

        Assert.Contains(command, world.Engines[0].Received);
    }

    [Theory]
    [InlineData("EXPIRE k -1", "EXPIRE k 0")]
    [InlineData("PEXPIRE k -9223372036854775808 LT", "PEXPIRE k 0 LT")]
    [InlineData("EXPIREAT k -5", "EXPIREAT k 0")]
    [InlineData("EXPIRE k -9223372036854775808", "EXPIRE k -9223372036854775808")] // an error with Redis too
    public void A_time_in_the_past_is_sent_in_words_that_delete_the_key(string command, string sent)
    {
        ProxyWorld world = Embedded;

        world.Connect().Ask(command.Split(' '));

        Assert.Contains(sent, world.Engines[0].Received);
    }

    [Theory]
    [InlineData("EXPIRE k 100")]
    [InlineData("PEXPIREAT k 4102444800 XX")]
    [InlineData("PERSIST k")]
    public void A_key_whose_time_is_over_is_taken_away_before_its_time_is_changed_in_transactions_too(string command)
    {
        ProxyWorld world = Embedded;
        MemoryClient client = world.Connect();

        client.SendRaw("GET a\r\n" + command + "\r\nMULTI\r\n" + command + "\r\nEXEC\r\nGET a\r\n");
        client.Next(6);

        Assert.Equal(
            ["GET a", "ZREMRANGEBYRANK k 1 0", command, "ZREMRANGEBYRANK k 1 0", "MULTI", command, "EXEC", "GET a"],
            world.Engines[0].Received.SkipWhile(static received => received != "GET a"));
    }

    [Fact]
    public void What_takes_away_a_key_whose_time_is_over_is_no_change_of_a_key_the_session_watches()
    {
        ProxyWorld world = Embedded;
        MemoryClient client = world.Connect();

        client.SendRaw("WATCH k\r\nPERSIST other\r\nMULTI\r\nEXPIRE k 100\r\nEXEC\r\n");
        client.Next(5);

        Assert.DoesNotContain(world.Engines[0].Received, static command => command.StartsWith("ZREM", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ZCOUNT k _ 2", "ZCOUNT k 0 2")]
    [InlineData("ZRANGEBYSCORE k 1 ( WITHSCORES", "ZRANGEBYSCORE k 1 (0 WITHSCORES")]
    [InlineData("ZRANGE k _ ( byscore", "ZRANGE k 0 (0 byscore")]
    [InlineData("ZRANGESTORE d k _ 2 BYSCORE", "ZRANGESTORE d k 0 2 BYSCORE")]
    [InlineData("ZRANGE k 0 -1", "ZRANGE k 0 -1")]
    [InlineData("ZADD k NX CH 1 a -inf b .5 c 1e3 d", "ZADD k NX CH 1 a -inf b .5 c 1e3 d")]
    [InlineData("GEOADD k CH 13 52 a", "GEOADD k CH 13 52 a")]
    public void Scores_that_would_end_the_engines_connection_are_sent_in_other_words(string command, string sent)
    {
        ProxyWorld world = Embedded;

        world.Connect().Ask([.. command.Split(' ').Select(static word => word == "_" ? "" : word)]);

        Assert.Contains(sent, world.Engines[0].Received);
    }

    [Theory]
    [InlineData("ZLEXCOUNT k _ [b", "min or max not valid string range item")]
    [InlineData("ZREVRANGEBYLEX k [b +a", "min or max not valid string range item")]
    [InlineData("ZREMRANGEBYLEX k a [b", "min or max not valid string range item")]
    [InlineData("ZRANGE k _ [b BYLEX", "min or max not valid string range item")]
    [InlineData("ZADD k nan a", "value is not a valid float")]
    [InlineData("ZADD k 1 a _ b", "value is not a valid float")]
    [InlineData("ZADD k 1 a 2", "syntax error")]
    [InlineData("ZADD k XX CH", "syntax error")]
    [InlineData("ZADD k XX NX 1 a", "XX and NX options at the same time are not compatible")]
    [InlineData("ZADD k GT LT 1 a", "GT, LT, and/or NX options at the same time are not compatible")]
    [InlineData("ZADD k INCR 1 a 2 b", "INCR option supports a single increment-element pair")]
    [InlineData("ZINCRBY k (1 a", "value is not a valid float")]
    [InlineData("HINCRBY k f 01", "value is not an integer or out of range")]
    [InlineData("HINCRBYFLOAT k f nan", "value is not a valid float")]
    [InlineData("HINCRBYFLOAT k f -inf", "value is NaN or Infinity")]
    public void What_harms_the_engine_and_fails_with_a_plain_server_gets_its_error_in_transactions_too(string command, string error)
    {
        ProxyWorld world = Embedded;
        MemoryClient client = world.Connect();
        string[] words = [.. command.Split(' ').Select(static word => word == "_" ? "" : word)];

        Assert.Equal($"-ERR {error}\r\n", client.Ask(words));
        Assert.Equal("+OK\r\n", client.Ask("MULTI"));
        Assert.Equal($"-ERR {error}\r\n", client.Ask(words));
        Assert.StartsWith("-EXECABORT", client.Ask("EXEC"));
        Assert.DoesNotContain(world.Engines[0].Received, line => line.StartsWith(words[0], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", "get")]
    [InlineData("MGET", "mget")]
    [InlineData("DEL", "del")]
    [InlineData("HSET k f", "hset")]
    public void A_wrong_number_of_arguments_is_told_as_redis_tells_it(string command, string name)
    {
        MemoryClient client = Embedded.Connect();

        Assert.Equal($"-ERR wrong number of arguments for '{name}' command\r\n", client.Ask(command.Split(' ')));
    }

    [Fact]
    public void Settings_that_the_embedded_engine_does_not_have_are_refused_by_name()
    {
        MemoryClient client = Embedded.Connect();

        Assert.Equal(
            "-ERR CONFIG SET notify-keyspace-events is not available here: the embedded engine tells nothing about keys; use --engine redis\r\n",
            client.Ask("CONFIG", "SET", "notify-keyspace-events", "Ex"));
        Assert.StartsWith("-ERR CONFIG SET hz is not available here: the embedded engine has no such setting", client.Ask("CONFIG", "SET", "hz", "10"));
    }

    [Fact]
    public async Task The_gaps_of_the_embedded_engine_are_all_that_redis_has_beyond_it()
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(EngineKind.Garnet);
        IReadOnlyList<EngineGap> gaps = EngineGaps.Of(engine.Capabilities);
        string[] names = [.. gaps.Where(gap => gap.Form is null).Select(gap => gap.Command)];

        Assert.Superset(
            new HashSet<string> { "COPY", "MOVE", "RANDOMKEY", "SORT", "DUMP", "RESTORE", "SWAPDB", "BITOP", "PFMERGE", "XADD", "XREADGROUP", "FCALL", "WAIT", "SPUBLISH" },
            names.ToHashSet());
        Assert.DoesNotContain("GET", names);
        Assert.DoesNotContain("WATCHMS", names);
        Assert.Contains(gaps, gap => gap is { Command: "SET", Form: "with EXAT or PXAT" });
        Assert.All(gaps, gap => Assert.StartsWith("the embedded engine ", gap.Reason));
    }

    [Fact]
    public async Task What_no_client_may_reach_is_taken_from_the_engines_user_for_scripts_too_and_stays_so_after_a_fence()
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(EngineKind.Garnet);
        await using var client = await lab.ConnectAsync(engine);
        for (int round = 0; round < 2; round++)
        {
            Assert.StartsWith("NOPERM", (await client.CallAsync(["SWAPDB", "0", "1"], lab.Token)).Text);
            Assert.StartsWith("NOPERM", (await client.CallAsync(["EVAL", "return redis.pcall('SWAPDB', '0', '1')", "0"], lab.Token)).Text);
            Assert.StartsWith("NOPERM", (await client.CallAsync(["EVAL", "return redis.pcall('MIGRATE', 'h', '1', 'k', '0', '1')", "0"], lab.Token)).Text);
            await Fences.CloseAsync(engine.Capabilities, client, MoverLimits.Default.RestLimit, lab.Token);
            await Fences.OpenAsync(engine.Capabilities, client, lab.Token);
        }

        await client.DemandAsync(["SET", "key", "value"], lab.Token);
    }
}
