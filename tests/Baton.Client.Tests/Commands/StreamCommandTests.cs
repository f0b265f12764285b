using Xunit;
using static Baton.Client.Tests.Commands.CommandCheck;

namespace Baton.Client.Tests.Commands;

public sealed class StreamCommandTests
{
    private const string Entry = "*2|$3|1-0|*2|$1|f|$1|v|";
    private const string Deleted = "*2|$3|2-0|*-1|";

    /// <summary>Entries by stream as RESP2 and as RESP3 has them.</summary>
    private static readonly string[] ByKey = ["*1|*2|$1|s|*1|" + Entry, "%1|$1|s|*1|" + Entry];
    private static readonly string[] Nothing = ["*-1|", "_|"];

    [Fact]
    public async Task Adding_and_reading()
    {
        var trim = StreamTrim.MaxLength(100) with { Approximately = true, Limit = 10 };
        await Is(c => c.XAddAsync("s", [("a", 1), ("b", "x")]), "XADD s * a 1 b x", "1-0", "$3|1-0|");
        await Is(c => c.XAddAsync("s", [("a", 1)], new XAddOptions("5-1", trim, true)), "XADD s NOMKSTREAM MAXLEN ~ 100 LIMIT 10 5-1 a 1", "nil", "$-1|", "_|");
        await Is(c => c.XLenAsync("s"), "XLEN s", "3", ":3|");
        await Is(c => c.XRangeAsync("s"), "XRANGE s - +", "[1-0[f=v]]", "*1|" + Entry);
        await Is(c => c.XRangeAsync("s", "(1-0", "9", 5), "XRANGE s (1-0 9 COUNT 5", "[]", "*0|");
        await Is(c => c.XRevRangeAsync("s", count: 1), "XREVRANGE s + - COUNT 1", "[1-0[f=v]]", "*1|" + Entry);
        await Is(c => c.XReadAsync("s", "0"), "XREAD STREAMS s 0", "[1-0[f=v]]", ByKey);
        await Is(c => c.XReadAsync("s", "$", 5, TimeSpan.FromSeconds(1)), "XREAD COUNT 5 BLOCK 1000 STREAMS s $", "[]", Nothing);
        await Is(c => c.XReadAsync([("s", "0"), ("t", "5-0")], block: Timeout.InfiniteTimeSpan), "XREAD BLOCK 0 STREAMS s t 0 5-0", "[s[1-0[f=v]]]", ByKey);
        await Is(c => c.XDelAsync("s", ["1-0", "2-0"]), "XDEL s 1-0 2-0", "1", ":1|");
        await Is(c => c.XTrimAsync("s", StreamTrim.MinId("5-0")), "XTRIM s MINID 5-0", "1", ":1|");
        await Is(c => c.XSetIdAsync("s", "9-0"), "XSETID s 9-0", "True", "+OK|");
    }

    [Fact]
    public async Task Groups()
    {
        await Is(c => c.XGroupCreateAsync("s", "g"), "XGROUP CREATE s g $", "True", "+OK|");
        await Is(c => c.XGroupCreateAsync("s", "g", "0", makeStream: true), "XGROUP CREATE s g 0 MKSTREAM", "True", "+OK|");
        await Is(c => c.XGroupSetIdAsync("s", "g", "0"), "XGROUP SETID s g 0", "True", "+OK|");
        await Is(c => c.XGroupDestroyAsync("s", "g"), "XGROUP DESTROY s g", "True", ":1|");
        await Is(c => c.XGroupCreateConsumerAsync("s", "g", "c"), "XGROUP CREATECONSUMER s g c", "True", ":1|");
        await Is(c => c.XGroupDelConsumerAsync("s", "g", "c"), "XGROUP DELCONSUMER s g c", "2", ":2|");
        await Is(c => c.XReadGroupAsync("s", "g", "c"), "XREADGROUP GROUP g c STREAMS s >", "[1-0[f=v]]", ByKey);
        await Is(
            c => c.XReadGroupAsync("s", "g", "c", ">", 5, TimeSpan.FromSeconds(1), noAck: true),
            "XREADGROUP GROUP g c COUNT 5 BLOCK 1000 NOACK STREAMS s >",
            "[]",
            Nothing);
        await Is(c => c.XReadGroupAsync([("s", "0")], "g", "c"), "XREADGROUP GROUP g c STREAMS s 0", "[s[2-0nil]]", "*1|*2|$1|s|*1|" + Deleted, "%1|$1|s|*1|*2|$3|2-0|_|");
        await Is(c => c.XAckAsync("s", "g", "1-0"), "XACK s g 1-0", "True", ":1|");
        await Is(c => c.XAckAsync("s", "g", ["1-0", "2-0"]), "XACK s g 1-0 2-0", "2", ":2|");
        await Is(
            c => c.XClaimAsync("s", "g", "c", TimeSpan.FromSeconds(1), ["1-0"], new XClaimOptions(TimeSpan.FromSeconds(2), 3, true)),
            "XCLAIM s g c 1000 1-0 IDLE 2000 RETRYCOUNT 3 FORCE",
            "[1-0[f=v]]",
            "*1|" + Entry,
            "*2|$-1|" + Entry);
        await Is(c => c.XClaimIdsAsync("s", "g", "c", TimeSpan.Zero, ["1-0"]), "XCLAIM s g c 0 1-0 JUSTID", "[1-0]", "*1|$3|1-0|");
        await Is(
            c => c.XAutoClaimAsync("s", "g", "c", TimeSpan.FromSeconds(1), count: 5),
            "XAUTOCLAIM s g c 1000 0-0 COUNT 5",
            "0-0 [1-0[f=v]] [3-0]",
            "*3|$3|0-0|*1|" + Entry + "*1|$3|3-0|");
        await Is(c => c.XAutoClaimAsync("s", "g", "c", TimeSpan.Zero), "XAUTOCLAIM s g c 0 0-0", "0-0 [] []", "*2|$3|0-0|*0|");
        await Is(c => c.XAutoClaimIdsAsync("s", "g", "c", TimeSpan.Zero, "5-0"), "XAUTOCLAIM s g c 0 5-0 JUSTID", "7-0 [1-0]", "*3|$3|7-0|*1|$3|1-0|*0|", "*2|$3|7-0|*1|$3|1-0|");
    }

    [Fact]
    public async Task What_is_pending_and_what_is_told()
    {
        await Is(c => c.XPendingAsync("s", "g"), "XPENDING s g", "2 1-0 2-0 [c=2]", "*4|:2|$3|1-0|$3|2-0|*1|*2|$1|c|$1|2|");
        await Is(c => c.XPendingAsync("s", "g"), "XPENDING s g", "0 nil nil []", "*4|:0|$-1|$-1|*-1|", "*4|:0|_|_|_|");
        await Is(
            c => c.XPendingAsync("s", "g", 10, consumer: "c", minIdle: TimeSpan.FromSeconds(1)),
            "XPENDING s g IDLE 1000 - + 10 c",
            "[PendingEntry { Id = 1-0, Consumer = c, Idle = 00:00:05, Deliveries = 2 }]",
            "*1|*4|$3|1-0|$1|c|:5000|:2|");

        string[] info = ["length", ":1|", "groups", ":2|", "last-generated-id", "1-0", "entries-added", ":7|", "first-entry", Entry, "last-entry", "_|"];
        await Is(c => c.XInfoStreamAsync("s"), "XINFO STREAM s", "1 2 1-0 7 1-0[f=v] nil", Wire.Array(info), Wire.Map(info));
        string[] group = ["name", "g", "consumers", ":1|", "pending", ":2|", "last-delivered-id", "1-0", "entries-read", ":5|", "lag", "_|"];
        await Is(
            c => c.XInfoGroupsAsync("s"),
            "XINFO GROUPS s",
            "[StreamGroupInfo { Name = g, Consumers = 1, Pending = 2, LastDeliveredId = 1-0, EntriesRead = 5, Lag =  }]",
            "*1|" + Wire.Array(group),
            "*1|" + Wire.Map(group));
        string[] consumer = ["name", "c", "pending", ":2|", "idle", ":1000|"];
        await Is(
            c => c.XInfoConsumersAsync("s", "g"),
            "XINFO CONSUMERS s g",
            "[StreamConsumerInfo { Name = c, Pending = 2, Idle = 00:00:01, Inactive =  }]",
            "*1|" + Wire.Array(consumer),
            "*1|" + Wire.Map(consumer));
    }

    [Fact]
    public async Task What_later_servers_add_to_an_entry_is_passed_over()
    {
        const string More = "*4|$3|1-0|*2|$1|f|$1|v|:5|*1|:1|";
        await Is(c => c.XRangeAsync("s"), "XRANGE s - +", "[1-0[f=v], 1-0[f=v]]", "*2|" + More + Entry);
        var pending = "*5|$3|1-0|$1|c|:0|:2|*1|:9|";
        var read = await new ScriptedCommands("*2|" + pending + pending).XPendingAsync("s", "g", 10);
        Assert.Equal(2, read.Length);
        Assert.Equal(read[0], read[1]);
    }

    [Fact]
    public void Fields_of_an_entry_by_name()
    {
        var entry = new StreamEntry("1-0", [new("a", "1"u8.ToArray()), new("a", "2"u8.ToArray())]);

        Assert.Equal("1", entry["a"]);
        Assert.Null(entry["b"]);
        Assert.False(entry.IsDeleted);
    }
}
