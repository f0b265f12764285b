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
