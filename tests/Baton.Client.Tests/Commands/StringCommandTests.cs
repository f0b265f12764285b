using System.Text;
using Xunit;
using static Baton.Client.Tests.Commands.CommandCheck;
using static Baton.Client.Tests.Commands.Wire;

namespace Baton.Client.Tests.Commands;

public sealed class StringCommandTests
{
    private static readonly DateTimeOffset WholeSecond = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000);

    [Fact]
    public async Task A_command_is_encoded_as_an_array_of_bulk_strings()
    {
        var commands = new ScriptedCommands("+OK|");

        await commands.SetAsync("ключ", new byte[] { 0, 13, 10, 255 });

        Assert.Equal("*3\r\n$3\r\nSET\r\n$8\r\n\u00d0\u00ba\u00d0\u00bb\u00d1\u008e\u00d1\u0087\r\n$4\r\n\0\r\n\u00ff\r\n", commands.LastFrame);
    }

    [Fact]
    public async Task Reading()
    {
        await Is(c => c.GetAsync("k"), "GET k", "v", "$1|v|");
        await Is(c => c.GetAsync("k"), "GET k", "nil", "$-1|", "_|");
        await Is(c => c.GetBytesAsync("k"), "GET k", "v", "$1|v|");
        await Is(c => c.GetAsync<long>("k"), "GET k", "7", "$1|7|");
        await Is(c => c.GetAsync<long?>("k"), "GET k", "nil", "$-1|", "_|");
        await Is(c => c.GetAsync<double>("k"), "GET k", "1.5", "$3|1.5|", ",1.5|");
        await Is(c => c.MGetAsync(["a", "b"]), "MGET a b", "[1, nil]", "*2|$1|1|$-1|", "*2|$1|1|_|");
        await Is(c => c.MGetAsync<long?>(["a", "b"]), "MGET a b", "[1, nil]", "*2|$1|1|$-1|", "*2|$1|1|_|");
        await Is(c => c.StrLenAsync("k"), "STRLEN k", "3", ":3|");
        await Is(c => c.GetRangeAsync("k", 0, -2), "GETRANGE k 0 -2", "ab", "$2|ab|");
        await Is(c => c.GetRangeBytesAsync("k", 0, -2), "GETRANGE k 0 -2", "ab", "$2|ab|");
        await Is(c => c.GetDelAsync("k"), "GETDEL k", "v", "$1|v|");
        await Is(c => c.GetExAsync("k", TimeSpan.FromSeconds(5)), "GETEX k EX 5", "v", "$1|v|");
        await Is(c => c.GetExAsync("k", Expiry.Never), "GETEX k PERSIST", "v", "$1|v|");
        await Is(c => c.GetExAsync("k", Expiry.Keep), "GETEX k", "v", "$1|v|");
    }

    [Fact]
    public async Task Writing_with_all_options()
    {
        await Is(c => c.SetAsync("k", "v"), "SET k v", "True", "+OK|");
        await Is(c => c.SetAsync("k", 7), "SET k 7", "True", "+OK|");
        await Is(c => c.SetAsync("k", 1.5), "SET k 1.5", "True", "+OK|");
        await Is(c => c.SetAsync("k", "v", TimeSpan.FromSeconds(60)), "SET k v EX 60", "True", "+OK|");
        await Is(c => c.SetAsync("k", "v", TimeSpan.FromMilliseconds(1500)), "SET k v PX 1500", "True", "+OK|");
        await Is(c => c.SetAsync("k", "v", WholeSecond), "SET k v EXAT 1900000000", "True", "+OK|");
        await Is(c => c.SetAsync("k", "v", WholeSecond.AddMilliseconds(1)), "SET k v PXAT 1900000000001", "True", "+OK|");
        await Is(c => c.SetAsync("k", "v", Expiry.Keep), "SET k v KEEPTTL", "True", "+OK|");
        await Is(c => c.SetAsync("k", "v", Expiry.Never), "SET k v", "True", "+OK|");
        await Is(c => c.SetAsync("k", "v", SetWhen.NotExists), "SET k v NX", "False", "$-1|", "_|");
        await Is(c => c.SetAsync("k", "v", Expiry.Keep, SetWhen.Exists), "SET k v KEEPTTL XX", "True", "+OK|");
        await Is(c => c.SetGetAsync("k", "v"), "SET k v GET", "old", "$3|old|");
        await Is(
            c => c.SetGetAsync<long?>("k", 1, TimeSpan.FromSeconds(1), SetWhen.Exists), "SET k 1 EX 1 XX GET", "nil", "$-1|", "_|");
        await Is(c => c.MSetAsync([("a", 1), ("b", "x")]), "MSET a 1 b x", "True", "+OK|");
        await Is(c => c.MSetNxAsync([("a", 1)]), "MSETNX a 1", "False", ":0|");
    }

    [Fact]
    public async Task Counters_and_parts()
    {
        await Is(c => c.IncrAsync("k"), "INCR k", "1", ":1|");
        await Is(c => c.IncrByAsync("k", 5), "INCRBY k 5", "6", ":6|");
        await Is(c => c.IncrByFloatAsync("k", 0.5), "INCRBYFLOAT k 0.5", "6.5", "$3|6.5|", ",6.5|");
        await Is(c => c.DecrAsync("k"), "DECR k", "5", ":5|");
        await Is(c => c.DecrByAsync("k", 3), "DECRBY k 3", "2", ":2|");
        await Is(c => c.AppendAsync("k", "x"), "APPEND k x", "2", ":2|");
        await Is(c => c.SetRangeAsync("k", 3, "x"), "SETRANGE k 3 x", "4", ":4|");
    }

    [Fact]
    public async Task Common_subsequences()
    {
        var match = "*3|*2|:4|:7|*2|:5|:8|:4|";
        await Is(c => c.LcsAsync("a", "b"), "LCS a b", "my", "$2|my|");
        await Is(c => c.LcsLengthAsync("a", "b"), "LCS a b LEN", "2", ":2|");
        await Is(
            c => c.LcsMatchesAsync("a", "b", 4),
            "LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN",
            "6 [4/5+4]",
            Wire.Array("matches", "*1|" + match, "len", ":6|"),
            Map("matches", "*1|" + match, "len", ":6|"));
    }

    [Fact]
    public async Task A_value_goes_into_the_callers_memory()
    {
        var memory = new byte[4];

        Assert.Equal(3, await new ScriptedCommands("$3|abc|").GetAsync("k", memory));
        Assert.Equal("abc\0", Encoding.Latin1.GetString(memory));
        Assert.Equal(-1, await new ScriptedCommands("$-1|").GetAsync("k", memory));
        Assert.Equal(-1, await new ScriptedCommands("_|").GetAsync("k", memory));
        Assert.Equal(0, await new ScriptedCommands("$0||").GetAsync("k", Memory<byte>.Empty));
    }

    [Fact]
    public async Task A_value_that_does_not_fit_is_an_error_with_both_lengths_and_nothing_is_written()
    {
        var memory = new byte[4];

        var error = await Assert.ThrowsAsync<RedisReplyException>(async () => await new ScriptedCommands("$5|abcde|").GetAsync("k", memory));

        Assert.Contains("5 bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("has 4", error.Message, StringComparison.Ordinal);
        Assert.Equal(new byte[4], memory);
    }

    [Fact]
    public void A_reply_that_comes_after_the_command_has_ended_is_not_written()
    {
        var memory = new byte[4];
        var pending = PendingReply<int>.Rent(MemoryReplyReader.Rent(memory), CommandTraits.ReadOnly, null);
        pending.MakeBlocking();
        Assert.True(pending.TryFail(new RedisReplyException("the caller's time is over")));

        pending.OnReply(Frame("$3|abc|"), null);

        Assert.Throws<RedisReplyException>(() => pending.WaitForResult());
        Assert.Equal(new byte[4], memory);
    }

    [Fact]
    public void Reading_into_memory_allocates_nothing()
    {
        var memory = new byte[4];
        var frame = Frame("$3|abc|");
        Read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < 100; index++)
        {
            Read();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Read()
        {
            var reply = new Baton.Protocol.Resp.RespReader(frame);
            reply.Read();
            MemoryReplyReader.Rent(memory)(ref reply);
        }
    }

    [Fact]
    public void An_end_before_it_begins_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Expiry.After(TimeSpan.Zero));
}
