using Baton.Protocol.Resp;

namespace Baton.Protocol.Tests.Resp;

public sealed class ReplyScannerTests
{
    [Theory]
    [InlineData("+OK\r\n", '+')]
    [InlineData("+\r\n", '+')]
    [InlineData("-ERR x\r\n", '-')]
    [InlineData(":1\r\n", ':')]
    [InlineData("$5\r\nhello\r\n", '$')]
    [InlineData("$0\r\n\r\n", '$')]
    [InlineData("$-1\r\n", '$')]
    [InlineData("*-1\r\n", '*')]
    [InlineData("*0\r\n", '*')]
    [InlineData("_\r\n", '_')]
    [InlineData("#t\r\n", '#')]
    [InlineData(",1.5\r\n", ',')]
    [InlineData("(12345678901234567890\r\n", '(')]
    [InlineData("!3\r\nERR\r\n", '!')]
    [InlineData("=7\r\ntxt:abc\r\n", '=')]
    [InlineData("%1\r\n+k\r\n:1\r\n", '%')]
    [InlineData("~2\r\n:1\r\n:2\r\n", '~')]
    [InlineData(">2\r\n+a\r\n:1\r\n", '>')]
    [InlineData("|1\r\n+ttl\r\n:5\r\n$1\r\nv\r\n", '$')]
    [InlineData("|0\r\n|1\r\n+a\r\n*1\r\n:1\r\n*1\r\n+x\r\n", '*')]
    [InlineData("*2\r\n*2\r\n:1\r\n*0\r\n%1\r\n$1\r\nk\r\n~1\r\n_\r\n", '*')]
    public void A_frame_ends_where_it_ends_and_has_its_kind(string frame, char kind)
    {
        var data = Wire.Bytes(frame + "+next\r\n");
        var scanner = new ReplyScanner();

        Assert.Equal(ScanStatus.Complete, scanner.Scan(data, out var consumed));
        Assert.Equal(frame.Length, consumed);
        Assert.Equal((byte)kind, scanner.Kind);
        Assert.False(scanner.InsideFrame);
    }

    [Fact]
    public void A_big_string_passes_through_in_pieces()
    {
        var scanner = new ReplyScanner();
        var piece = new byte[10_000];

        Assert.Equal(ScanStatus.NeedMore, scanner.Scan("$100000\r\n"u8, out _));
        for (var sent = 0; sent < 100_000; sent += piece.Length)
        {
            Assert.Equal(ScanStatus.NeedMore, scanner.Scan(piece, out var all));
            Assert.Equal(piece.Length, all);
            Assert.True(scanner.InsideFrame);
        }

        Assert.Equal(ScanStatus.NeedMore, scanner.Scan("\r"u8, out _));
        Assert.Equal(ScanStatus.Complete, scanner.Scan("\n:1\r\n"u8, out var consumed));
        Assert.Equal(1, consumed);
        Assert.Equal((byte)'$', scanner.Kind);
    }

    [Fact]
    public void An_attribute_belongs_to_the_frame_behind_it()
    {
        var scanner = new ReplyScanner();

        Assert.Equal(ScanStatus.NeedMore, scanner.Scan("|1\r\n+ttl\r\n:5\r\n"u8, out _));
        Assert.True(scanner.InsideFrame);
        Assert.Equal(0, scanner.Kind);
        Assert.Equal(ScanStatus.Complete, scanner.Scan(":1\r\n"u8, out _));
        Assert.Equal((byte)':', scanner.Kind);
    }

    [Theory]
    [InlineData("x", "a reply cannot begin with the byte 0x78")]
    [InlineData("*1\r\n\n", "a reply cannot begin with the byte 0x0a")]
    [InlineData("+a\rb", "a line has a carriage return without a line feed behind it")]
    [InlineData("*1\rx", "a line has a carriage return without a line feed behind it")]
    [InlineData("$x\r\n", "the length after '$' is not a number")]
    [InlineData("$\r\n", "the length after '$' is not a number")]
    [InlineData("*1 \r\n", "the length after '*' is not a number")]
    [InlineData("$--1\r\n", "the length after '$' is not a number")]
    [InlineData("$-2\r\n", "the length after '$' is negative")]
    [InlineData("%-1\r\n", "the length after '%' is negative")]
    [InlineData("$?\r\n", "streamed values ('$?') are not supported")]
    [InlineData("*?\r\n", "streamed values ('*?') are not supported")]
    [InlineData("$1234567890123456789\r\n", "the length after '$' has more than 18 digits")]
    [InlineData("$3\r\nabcd\r\n", "a string does not end where its length says")]
    [InlineData("$3\r\nabc\rx", "a string does not end where its length says")]
    public void What_cannot_be_RESP_is_refused_for_good(string data, string error)
    {
        var scanner = new ReplyScanner();

        Assert.Equal(ScanStatus.Invalid, scanner.Scan(Wire.Bytes(data), out _));
        Assert.Equal(error, scanner.Error);
        Assert.Equal(ScanStatus.Invalid, scanner.Scan("+OK\r\n"u8, out _));
        Assert.Equal(ScanStatus.Invalid, scanner.Scan([], out _));
    }

    [Theory]
    [InlineData("$8\r\n12345678\r\n", "$9\r\n123456789\r\n", "a string of 9 bytes is longer than 8")]
    [InlineData("+1234567\r\n", "+123456789\r\n", "a line is longer than 8 bytes")]
    [InlineData("*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n", "*5\r\n", "an aggregate of 5 elements has more than 4")]
    [InlineData("%2\r\n:1\r\n:1\r\n:1\r\n:1\r\n", "%3\r\n", "an aggregate of 6 elements has more than 4")]
    [InlineData("*1\r\n*1\r\n*1\r\n:1\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "aggregates are nested deeper than 3")]
    public void Each_limit_holds(string largest, string tooLarge, string error)
    {
        var limits = new RespLimits(MaxBulkLength: 8, MaxDepth: 3, MaxElements: 4);

        Assert.Equal(ScanStatus.Complete, new ReplyScanner(limits).Scan(Wire.Bytes(largest), out _));

        var scanner = new ReplyScanner(limits);
        Assert.Equal(ScanStatus.Invalid, scanner.Scan(Wire.Bytes(tooLarge), out _));
        Assert.Equal(error, scanner.Error);
    }

    [Fact]
    public void A_reply_as_deep_as_a_script_that_returns_itself_makes_it_is_a_frame()
    {
        byte[] frame = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("*1\r\n", 8000)) + "-ERR reached lua stack limit\r\n");
        ReplyScanner scanner = new();

        Assert.Equal(ScanStatus.NeedMore, scanner.Scan(frame.AsSpan(0, 20_001), out int first));
        Assert.Equal(ScanStatus.Complete, scanner.Scan(frame.AsSpan(first), out int second));
        Assert.Equal(frame.Length, first + second);
        Assert.Equal(ScanStatus.Complete, scanner.Scan(":1\r\n"u8, out _));
    }
}
