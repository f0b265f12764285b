using Baton.Protocol.Commands;
using Baton.Protocol.Tests.Resp;

namespace Baton.Protocol.Tests.Commands;

public sealed class TimeoutFinderTests
{
    [Theory]
    [InlineData("BLPOP a b 0", 3)]
    [InlineData("BLPOP BLOCK STREAMS 1.5", 3)]
    [InlineData("BRPOPLPUSH a b 0", 3)]
    [InlineData("BLMOVE a b LEFT RIGHT 2", 5)]
    [InlineData("BLMPOP 7 2 BLOCK COUNT LEFT COUNT 3", 1)]
    [InlineData("BZMPOP 0 1 a MIN", 1)]
    [InlineData("WAIT 1 0", 2)]
    [InlineData("WAITAOF 1 1 0", 3)]
    [InlineData("XREAD BLOCK 0 STREAMS s $", 2)]
    [InlineData("XREAD COUNT 5 block 100 streams s $", 4)]
    [InlineData("XREAD BLOCK 1 BLOCK 2 STREAMS s $", 4)]
    [InlineData("XREADGROUP GROUP BLOCK STREAMS COUNT 1 BLOCK 3 STREAMS BLOCK >", 7)]
    [InlineData("XREADGROUP GROUP g BLOCK BLOCK 9 NOACK STREAMS s >", 5)]
    [InlineData("XREADGROUP GROUP STREAMS c BLOCK 9 STREAMS s >", 5)]
    [InlineData("XREADGROUP GROUP g c CLAIM 10 BLOCK 9 STREAMS s >", 7)]
    [InlineData("XREADGROUP GROUP g c SOMEDAY BLOCK 9 STREAMS s >", 6)]
    public void The_timeout_stands_where_the_server_reads_it(string command, int expected) => Assert.Equal(expected, Find(command));

    [Theory]
    [InlineData("XREAD STREAMS BLOCK 0-0")]
    [InlineData("XREAD COUNT 1 STREAMS BLOCK 7 0 0")]
    [InlineData("XREADGROUP GROUP BLOCK 7 STREAMS s >")]
    [InlineData("XREADGROUP GROUP g BLOCK STREAMS BLOCK >")]
    [InlineData("XREAD COUNT BLOCK STREAMS s 0")]
    [InlineData("XREAD STREAMS s BLOCK")]
    [InlineData("BLPOP a")]
    [InlineData("GET BLOCK")]
    public void Names_are_no_keywords_and_what_does_not_wait_has_none(string command) => Assert.Equal(0, Find(command));

    [Fact]
    public void Every_blocking_command_of_the_table_has_a_place_and_a_strange_one_is_not_guessed()
    {
        var blocking = CommandTable.Redis.All.Where(TimeoutFinder.MayWait).Select(row => row.Name).Order();

        Assert.Equal(["BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "WAIT", "WAITAOF", "XREAD", "XREADGROUP"], blocking);
        var line = Wire.Bytes("MODULE.WAIT a 5\r\n");
        Assert.Equal(-1, TimeoutFinder.Find(new CommandInfo("MODULE.WAIT", -2, CommandFlags.Blocking, 1, 1, 1), Wire.Scanned(line), line, out _));
    }

    private static int Find(string command)
    {
        var line = Wire.Bytes(command + "\r\n");
        var scanner = Wire.Scanned(line);
        return TimeoutFinder.Find(CommandTable.Redis.Find(scanner.Argument(line, 0))!, scanner, line, out _);
    }
}
