using Baton.Protocol.Resp;

namespace Baton.Protocol.Tests.Resp;

public sealed class RespWriterTests
{
    [Fact]
    public void Each_method_writes_its_bytes()
    {
        Assert.Equal("*3\r\n", Wire.Written(output => RespWriter.WriteArrayHeader(output, 3)));
        Assert.Equal("$5\r\nhello\r\n", Wire.Written(output => RespWriter.WriteBulk(output, "hello"u8)));
        Assert.Equal("$0\r\n\r\n", Wire.Written(output => RespWriter.WriteBulk(output, "")));
        Assert.Equal("$2\r\n\u00c3\u00a9\r\n", Wire.Written(output => RespWriter.WriteBulk(output, "é")));
        Assert.Equal("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", Wire.Written(output => RespWriter.WriteCommand(output, "GET", "k")));
        Assert.Equal("+OK\r\n", Wire.Written(output => RespWriter.WriteSimple(output, "OK")));
        Assert.Equal("-ERR no\r\n", Wire.Written(output => RespWriter.WriteError(output, "ERR no")));
        Assert.Equal(":-9223372036854775808\r\n", Wire.Written(output => RespWriter.WriteInteger(output, long.MinValue)));
        Assert.Equal(":9223372036854775807\r\n", Wire.Written(output => RespWriter.WriteInteger(output, long.MaxValue)));
    }

    [Theory]
    [InlineData(2, "$-1\r\n*-1\r\n*4\r\n*3\r\n")]
    [InlineData(3, "_\r\n_\r\n%2\r\n>3\r\n")]
    public void What_differs_between_the_protocols_differs(int protocol, string expected) =>
        Assert.Equal(expected, Wire.Written(output =>
        {
            RespWriter.WriteNull(output, protocol);
            RespWriter.WriteNullArray(output, protocol);
            RespWriter.WriteMapHeader(output, 2, protocol);
            RespWriter.WritePushHeader(output, 3, protocol);
        }));

    [Fact]
    public void No_line_break_gets_into_a_line()
    {
        Assert.Equal("-ERR a  b c\r\n", Wire.Written(output => RespWriter.WriteError(output, "ERR a\r\nb\nc")));
        Assert.Equal("+a  :1  \r\n", Wire.Written(output => RespWriter.WriteSimple(output, "a\r\n:1\r\n")));
    }

    [Theory]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(100_000)]
    public void Strings_of_every_size_are_written(int length)
    {
        var value = new string('é', length);
        var reader = new RespReader(Wire.Bytes(Wire.Written(output => RespWriter.WriteBulk(output, value))));

        Assert.True(reader.Read());
        Assert.Equal(value, reader.GetString());
        Assert.False(reader.Read());
    }
}
