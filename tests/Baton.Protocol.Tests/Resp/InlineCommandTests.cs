namespace Baton.Protocol.Tests.Resp;

public sealed class InlineCommandTests
{
    [Theory]
    [InlineData("PING\r\n", "PING")]
    [InlineData("PING\n", "PING")]
    [InlineData("  SET   k\tv  \r\n", "SET|k|v")]
    [InlineData("SET k \"a b\"\r\n", "SET|k|a b")]
    [InlineData("SET k \"\"\r\n", "SET|k|")]
    [InlineData("SET k ''\r\n", "SET|k|")]
    [InlineData("SET k \"\\n\\r\\t\\b\\a\"\r\n", "SET|k|\n\r\t\b\a")]
    [InlineData("SET k \"\\x41\\xfF\\x0a\"\r\n", "SET|k|A\u00ff\n")]
    [InlineData("SET k \"\\x4\"\r\n", "SET|k|x4")]
    [InlineData("SET k \"\\xgg\"\r\n", "SET|k|xgg")]
    [InlineData("SET k \"\\q\\\\\\\"\"\r\n", "SET|k|q\\\"")]
    [InlineData("SET k 'it\\'s \\n'\r\n", "SET|k|it's \\n")]
    [InlineData("SET k pre\"quoted\"\r\n", "SET|k|prequoted")]
    [InlineData("SET k back\\slash\r\n", "SET|k|back\\slash")]
    [InlineData("SET k a\vb\r\n", "SET|k|a\vb")]
    [InlineData("SET \"k\"\v\"v\"\r\n", "SET|k|v")]
    public void Quoting_is_that_of_Redis(string line, string arguments)
    {
        var data = Wire.Bytes(line);
        var scanner = Wire.Scanned(data);

        Assert.True(scanner.IsInline);
        Assert.Equal(line.Length, scanner.FrameLength);
        Assert.Equal(arguments, string.Join("|", Wire.Arguments(scanner, data)));
    }

    [Theory]
    [InlineData("SET k \"open\r\n")]
    [InlineData("SET k 'open\r\n")]
    [InlineData("SET k \"a\"b\r\n")]
    [InlineData("SET k 'a'b\r\n")]
    [InlineData("SET k \"\\\"\r\n")]
    [InlineData("SET k \"\\\r\n")]
    public void Unbalanced_quotes_are_refused(string line) =>
        Assert.Equal(["error: Protocol error: unbalanced quotes in request"], Wire.Commands(Wire.Bytes(line), []));
}
