using Baton.Protocol.Resp;
using Baton.Protocol.Tests.Resp;
using CsCheck;

namespace Baton.Protocol.Tests.Live;

/// <summary>The real server and our scanner read the same bytes.</summary>
public sealed class RequestScannerAgainstRedisTests(RedisServer redis)
{
    [Theory]
    [InlineData("*x\r\n")]
    [InlineData("*\r\n")]
    [InlineData("*01\r\n")]
    [InlineData("*+1\r\n")]
    [InlineData("*1x\r\n")]
    [InlineData("*99999999999999999999\r\n")]
    [InlineData("*1\r\nPING\r\n")]
    [InlineData("*1\r\n:5\r\n")]
    [InlineData("*1\r\n$\r\n")]
    [InlineData("*1\r\n$-1\r\n")]
    [InlineData("*1\r\n$04\r\nPING\r\n")]
    [InlineData("*1\r\n$4x\r\nPING\r\n")]
    [InlineData("*1\r\n$536870913\r\n")]
    [InlineData("SET \"a b\r\n")]
    [InlineData("SET 'a'b\r\n")]
    public void Malformed_bytes_get_the_error_of_the_real_server(string data)
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "redis-server is not installed (apt-get install redis-server)");
        var scanner = new RequestScanner();
        Assert.Equal(ScanStatus.Invalid, scanner.Scan(Wire.Bytes(data)));

        Assert.Equal($"-ERR {scanner.Error}\r\n", redis.Ask(Wire.Bytes(data)));
    }

    [Theory]
    [InlineData('G', "")]
    [InlineData('*', "")]
    [InlineData('$', "*1\r\n")]
    public void Endless_lines_get_the_error_of_the_real_server(char first, string before)
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "redis-server is not installed (apt-get install redis-server)");
        var data = Wire.Bytes(before + first + new string('1', 70_000));
        var scanner = new RequestScanner();
        Assert.Equal(ScanStatus.Invalid, scanner.Scan(data));

        Assert.Equal($"-ERR {scanner.Error}\r\n", redis.Ask(data));
    }

    [Fact]
    public void Inline_quoting_is_that_of_the_real_server()
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "redis-server is not installed (apt-get install redis-server)");
        var pieces = Gen.OneOf("\"", "'", "\\", "\\x", "\\x4", "\\x41", "\\n", "\\'", "\\\"", " ", "\t", "a", "b", "0", "\v", "\u00e9").Array[0, 8];

        pieces.Sample(
            parts =>
            {
                var line = Wire.Bytes("ECHO " + string.Concat(parts) + "\r\n");
                var scanner = new RequestScanner();
                var expected = scanner.Scan(line) == ScanStatus.Invalid ? $"-ERR {scanner.Error}\r\n"
                    : scanner.ArgumentCount != 2 ? "-ERR wrong number of arguments for 'echo' command\r\n"
                    : Wire.Written(output => RespWriter.WriteBulk(output, scanner.Argument(line, 1)));

                Assert.Equal(expected, redis.Ask(line));
            },
            iter: 2_000,
            threads: 1);
    }
}
