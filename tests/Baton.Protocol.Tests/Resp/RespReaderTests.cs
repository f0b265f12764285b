using Baton.Protocol.Resp;
using RespFormatException = Baton.Protocol.Resp.RespFormatException;
using RespReader = Baton.Protocol.Resp.RespReader;

namespace Baton.Protocol.Tests.Resp;

public sealed class RespReaderTests
{
    [Fact]
    public void Values_are_read_in_order()
    {
        var reader = new RespReader("*3\r\n$3\r\nfoo\r\n:-42\r\n%1\r\n+k\r\n#t\r\n-ERR x\r\n"u8);

        Assert.True(reader.Read());
        Assert.Equal(((byte)'*', 3, 4), (reader.Kind, reader.Count, reader.Position));
        Assert.True(reader.Read());
        Assert.Equal("foo", reader.GetString());
        Assert.True(reader.Read());
        Assert.True(reader.TryGetInt64(out var number));
        Assert.Equal(-42, number);
        Assert.True(reader.Read());
        Assert.Equal(((byte)'%', 2), (reader.Kind, reader.Count));
        Assert.True(reader.Read());
        Assert.True(reader.Read());
        Assert.Equal("t", reader.GetString());
        Assert.True(reader.Read());
        Assert.True(reader.IsError);
        Assert.Equal("ERR x", reader.GetString());
        Assert.False(reader.Read());
    }

    [Theory]
    [InlineData("_\r\n", 0)]
    [InlineData("$-1\r\n", 0)]
    [InlineData("*-1\r\n", -1)]
    public void The_three_nulls_are_null(string frame, int count)
    {
        var reader = new RespReader(Wire.Bytes(frame));

        Assert.True(reader.Read());
        Assert.True(reader.IsNull);
        Assert.Equal(count, reader.Count);
        Assert.False(reader.TryGetInt64(out _));
        Assert.False(reader.Read());
    }

    [Fact]
    public void Attributes_are_passed_over_wherever_they_stand()
    {
        var reader = new RespReader("|1\r\n|1\r\n+a\r\n*1\r\n:1\r\n+k\r\n%1\r\n+x\r\n+y\r\n*2\r\n|1\r\n+t\r\n:9\r\n:1\r\n:2\r\n"u8);

        Assert.True(reader.Read());
        Assert.Equal(((byte)'*', 2), (reader.Kind, reader.Count));
        Assert.True(reader.Read());
        Assert.Equal("1", reader.GetString());
        Assert.True(reader.Read());
        Assert.Equal("2", reader.GetString());
        Assert.False(reader.Read());
    }

    [Fact]
    public void Verbatim_text_comes_without_its_type()
    {
        var reader = new RespReader("=8\r\ntxt:text\r\n"u8);

        Assert.True(reader.Read());
        Assert.Equal("text", reader.GetString());
    }

    [Fact]
    public void A_whole_value_can_be_skipped()
    {
        var reader = new RespReader("*2\r\n%1\r\n+k\r\n*2\r\n:1\r\n:2\r\n_\r\n+next\r\n"u8);

        Assert.True(reader.Read());
        reader.SkipChildren();
        Assert.Equal(((byte)'*', 2), (reader.Kind, reader.Count));
        Assert.True(reader.Read());
        Assert.Equal("next", reader.GetString());
        reader.SkipChildren();
        Assert.False(reader.Read());
    }

    [Theory]
    [InlineData(":12", false)]
    [InlineData(":12\r\n", true)]
    [InlineData("$2\r\n12\r\n", true)]
    [InlineData("+12\r\n", true)]
    [InlineData("+12x\r\n", true)]
    [InlineData("$3\r\n12\r\n", false)]
    [InlineData("$2\r\n12xx", false)]
    [InlineData("$01\r\n1\r\n", false)]
    [InlineData("$-2\r\n", false)]
    [InlineData("~-1\r\n", false)]
    [InlineData("x\r\n", false)]
    [InlineData("=3\r\ntxt\r\n", false)]
    [InlineData("=5\r\nabcde\r\n", false)]
    [InlineData("%2000000000\r\n", false)]
    [InlineData("|1\r\n+a\r\n", false)]
    public void What_is_not_RESP_throws_and_nothing_else(string data, bool valid)
    {
        var bytes = Wire.Bytes(data);
        var thrown = Record.Exception(() => new RespReader(bytes).Read());

        Assert.Equal(valid, thrown is null);
        Assert.True(thrown is null or RespFormatException, thrown?.ToString());
    }

    [Fact]
    public void Deep_nesting_takes_no_stack()
    {
        var reader = new RespReader(Wire.Bytes(string.Concat(Enumerable.Repeat("|1\r\n", 100_000))));
        var failed = false;
        try
        {
            reader.Read();
        }
        catch (RespFormatException)
        {
            failed = true;
        }

        Assert.True(failed);
    }

    [Theory]
    [InlineData(":9223372036854775807\r\n", long.MaxValue)]
    [InlineData(":-9223372036854775808\r\n", long.MinValue)]
    [InlineData("$1\r\n7\r\n", 7L)]
    [InlineData(":9223372036854775808\r\n", null)]
    [InlineData("+1.5\r\n", null)]
    [InlineData("$0\r\n\r\n", null)]
    public void Integers_are_read_from_numbers_and_strings(string frame, long? expected)
    {
        var reader = new RespReader(Wire.Bytes(frame));
        Assert.True(reader.Read());

        Assert.Equal(expected, reader.TryGetInt64(out var value) ? value : null);
    }
}
