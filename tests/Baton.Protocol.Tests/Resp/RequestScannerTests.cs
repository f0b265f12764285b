using System.Globalization;
using Baton.Protocol.Resp;

namespace Baton.Protocol.Tests.Resp;

public sealed class RequestScannerTests
{
    [Fact]
    public void A_command_is_found_with_its_arguments_and_their_places()
    {
        var data = Wire.Bytes("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nv\r\nal\r\nrest");
        var scanner = Wire.Scanned(data);

        Assert.Equal(["SET", "k", "v\r\nal"], Wire.Arguments(scanner, data));
        Assert.Equal(data.Length - "rest".Length, scanner.FrameLength);
        Assert.Equal(8, scanner.ArgumentOffset(0));
        Assert.Equal(17, scanner.ArgumentOffset(1));
        Assert.False(scanner.IsInline);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(65_536)]
    [InlineData(1_000_000)]
    public void Arguments_of_every_order_of_length_are_found(int length)
    {
        var value = new string('x', length);
        var data = Wire.Command("ECHO", value, "end");

        Assert.Equal(["ECHO", value, "end"], Wire.Arguments(Wire.Scanned(data), data));
    }

    [Theory]
    [InlineData("*0\r\n")]
    [InlineData("*-1\r\n")]
    [InlineData("*-7\r\n")]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData(" \t \r\n")]
    public void An_empty_frame_is_complete_and_has_no_arguments(string frame)
    {
        var scanner = Wire.Scanned(Wire.Bytes(frame + "PING\r\n"));

        Assert.Equal(0, scanner.ArgumentCount);
        Assert.Equal(frame.Length, scanner.FrameLength);
    }

    [Theory]
    [InlineData("*x\r\n", "Protocol error: invalid multibulk length")]
    [InlineData("*\r\n", "Protocol error: invalid multibulk length")]
    [InlineData("*01\r\n", "Protocol error: invalid multibulk length")]
    [InlineData("*+1\r\n", "Protocol error: invalid multibulk length")]
    [InlineData("* 1\r\n", "Protocol error: invalid multibulk length")]
    [InlineData("*-0\r\n", "Protocol error: invalid multibulk length")]
    [InlineData("*2147483648\r\n", "Protocol error: invalid multibulk length")]
    [InlineData("*99999999999999999999\r\n", "Protocol error: invalid multibulk length")]
    [InlineData("*1\rx", "Protocol error: invalid multibulk length")]
    [InlineData("*1\r\nPING\r\n", "Protocol error: expected '$', got 'P'")]
    [InlineData("*1\r\n:5\r\n", "Protocol error: expected '$', got ':'")]
    [InlineData("*1\r\n$\r\n", "Protocol error: invalid bulk length")]
    [InlineData("*1\r\n$-1\r\n", "Protocol error: invalid bulk length")]
    [InlineData("*1\r\n$04\r\nPING\r\n", "Protocol error: invalid bulk length")]
    [InlineData("*1\r\n$4x\r\nPING\r\n", "Protocol error: invalid bulk length")]
    [InlineData("*1\r\n$536870913\r\n", "Protocol error: invalid bulk length")]
    [InlineData("*1\r\n$4\rxPING\r\n", "Protocol error: invalid bulk length")]
    [InlineData("*1\r\n$4\r\nPINGxx", "Protocol error: invalid bulk length")]
    [InlineData("*1\r\n$4\r\nPING\rx", "Protocol error: invalid bulk length")]
    [InlineData("*1\r\n$3\r\nPING\r\n", "Protocol error: invalid bulk length")]
    [InlineData("SET \"a b\r\n", "Protocol error: unbalanced quotes in request")]
    public void Malformed_bytes_are_refused_in_Redis_words(string data, string error)
    {
        var scanner = new RequestScanner();

        Assert.Equal(ScanStatus.Invalid, scanner.Scan(Wire.Bytes(data)));
        Assert.Equal(error, scanner.Error);
        Assert.Equal(ScanStatus.Invalid, scanner.Scan("PING\r\n"u8));

        scanner.Reset();
        Assert.Null(scanner.Error);
        Assert.Equal(ScanStatus.Complete, scanner.Scan("PING\r\n"u8));
    }

    [Theory]
    [InlineData("*2\r\n$2\r\nab\r\n$2\r\nab\r\n", "*3\r\n$2\r\nab\r\n$2\r\nab\r\n$2\r\nab\r\n", "Protocol error: invalid multibulk length")]
    [InlineData("*1\r\n$8\r\n12345678\r\n", "*1\r\n$9\r\n123456789\r\n", "Protocol error: invalid bulk length")]
    [InlineData("*2\r\n$4\r\n1234\r\n$8\r\n12345678\r\n", "*2\r\n$5\r\n12345\r\n$8\r\n12345678\r\n", "Protocol error: too big request")]
    [InlineData("ECHO 7890\r\n", "ECHO 78901\r\n", "Protocol error: too big inline request")]
    [InlineData("*00000000\r", "*0000000000", "Protocol error: too big mbulk count string", true)]
    [InlineData("*1\r\n$00000000\r", "*1\r\n$0000000000", "Protocol error: too big bulk count string", true)]
    public void Each_limit_holds_to_the_byte(string largest, string tooLarge, string error, bool largestIsInvalidToo = false)
    {
        var limits = new RespLimits(MaxBulkLength: 8, MaxArguments: 2, MaxInlineLength: 10, MaxRequestLength: 28);
        var scanner = new RequestScanner(limits);

        Assert.Equal(largestIsInvalidToo ? ScanStatus.Invalid : ScanStatus.Complete, scanner.Scan(Wire.Bytes(largest)));
        Assert.NotEqual(error, scanner.Error);

        scanner.Reset();
        Assert.Equal(ScanStatus.Invalid, scanner.Scan(Wire.Bytes(tooLarge)));
        Assert.Equal(error, scanner.Error);
    }

    [Fact]
    public void A_request_over_its_limit_is_refused_before_it_has_arrived()
    {
        var scanner = new RequestScanner(new RespLimits(MaxRequestLength: 100));

        Assert.Equal(ScanStatus.NeedMore, scanner.Scan("*1\r\n$89\r\n"u8));
        scanner.Reset();
        Assert.Equal(ScanStatus.Invalid, scanner.Scan("*1\r\n$90\r\n"u8));
        Assert.Equal("Protocol error: too big request", scanner.Error);
    }

    [Theory]
    [InlineData("*10\r\n", "*11\r\n", "Protocol error: unauthenticated multibulk length")]
    [InlineData("*2\r\n$4\r\nPING\r\n$16384\r\n", "*2\r\n$4\r\nPING\r\n$16385\r\n", "Protocol error: unauthenticated bulk length")]
    [InlineData("*1\r\n$16384\r\n", "*2147483648\r\n", "Protocol error: invalid multibulk length")]
    [InlineData("*1\r\n$16384\r\n", "*1\r\n$536870913\r\n", "Protocol error: invalid bulk length")]
    public void Before_authentication_the_limits_are_small_and_their_words_the_servers(string largest, string tooLarge, string error)
    {
        var scanner = new RequestScanner { IsUnauthenticated = true };

        Assert.Equal(ScanStatus.NeedMore, scanner.Scan(Wire.Bytes(largest)));
        scanner.Reset();
        Assert.Equal(ScanStatus.Invalid, scanner.Scan(Wire.Bytes(tooLarge)));
        Assert.Equal(error, scanner.Error);

        var trusted = new RequestScanner();
        trusted.Scan(Wire.Bytes(tooLarge));
        Assert.DoesNotContain("unauthenticated", trusted.Error ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Redis_own_limits_are_the_default()
    {
        var scanner = new RequestScanner();

        Assert.Equal(ScanStatus.NeedMore, scanner.Scan("*2147483647\r\n"u8));
        scanner.Reset();
        Assert.Equal(ScanStatus.Invalid, scanner.Scan("*2147483648\r\n"u8));
        scanner.Reset();
        Assert.Equal(ScanStatus.NeedMore, scanner.Scan("*1\r\n$536870912\r\n"u8));
        scanner.Reset();
        Assert.Equal(ScanStatus.NeedMore, scanner.Scan(new byte[65_536].AsSpan()));
        scanner.Reset();
        Assert.Equal(ScanStatus.Invalid, scanner.Scan(new byte[65_537].AsSpan()));
    }

    [Fact]
    public void The_least_length_of_a_half_frame_counts_what_must_still_come()
    {
        var scanner = new RequestScanner();
        var whole = Wire.Command("SET", "key", new string('v', 500));

        Assert.Equal(ScanStatus.NeedMore, scanner.Scan(whole.AsSpan(0, 40)));
        Assert.Equal(whole.Length, scanner.MinimumLength);

        scanner.Reset();
        Assert.Equal(ScanStatus.NeedMore, scanner.Scan("*3\r\n$3\r\nSE"u8));
        Assert.Equal("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$0\r\n\r\n".Length, scanner.MinimumLength);
    }

    [Fact]
    public void The_table_of_a_huge_command_is_given_back_at_the_next_one()
    {
        var table = new ArgumentTable();
        for (var index = 0; index < 100_000; index++)
        {
            table.Add(index, 1);
        }

        table.Clear();

        Assert.InRange(table.Capacity, 1, 64);
        Assert.Throws<ArgumentOutOfRangeException>(() => table[0]);
    }

    [Fact]
    public void Only_what_has_arrived_takes_memory()
    {
        var scanner = new RequestScanner();
        var before = GC.GetAllocatedBytesForCurrentThread();
        scanner.Scan("*1048576\r\n$536870912\r\n"u8);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
    }

    [Fact]
    public void An_inline_commands_arguments_have_no_place_in_the_frame()
    {
        var scanner = Wire.Scanned(Wire.Bytes("PING\r\n"));

        Assert.True(scanner.IsInline);
        Assert.Throws<InvalidOperationException>(() => scanner.ArgumentOffset(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => scanner.Argument("PING\r\n"u8, 1).Length);
    }

    [Fact]
    public void A_command_of_very_many_arguments_is_found()
    {
        var arguments = Enumerable.Range(0, 50_000).Select(number => number.ToString(CultureInfo.InvariantCulture)).Prepend("DEL").ToArray();
        var data = Wire.Command(arguments);

        Assert.Equal(arguments, Wire.Arguments(Wire.Scanned(data), data));
    }
}
