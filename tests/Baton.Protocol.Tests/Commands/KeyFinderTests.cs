using Baton.Protocol.Commands;
using Baton.Protocol.Tests.Resp;

namespace Baton.Protocol.Tests.Commands;

/// <summary>What the real server has no answer for; the rest is compared with it in <c>Live</c>.</summary>
public sealed class KeyFinderTests
{
    [Theory]
    [InlineData("DEBUG OBJECT a", "2")]
    [InlineData("DEBUG SLEEP 0", "")]
    [InlineData("DEBUG JMAP", "")]
    [InlineData("HEXPIRE h 10 FIELDS 1 f", "1")]
    [InlineData("MSETEX 2 a 1 b 2 EX 10", "2 4")]
    [InlineData("MSETEX 3 a 1 b 2", "malformed")]
    [InlineData("SETIFMATCH a v 5", "1")]
    [InlineData("ZEXPIRE z 10 MEMBERS 1 m", "1")]
    [InlineData("VADD a VALUES 1 1 e", "1")]
    [InlineData("XREAD COUNT", "malformed")]
    [InlineData("XREAD COUNT 2 BLOCK", "malformed")]
    [InlineData("XREAD STREAMS a b 0", "malformed")]
    [InlineData("XREAD STREAMS a b c", "malformed")]
    [InlineData("XREAD BOGUS STREAMS a 0", "malformed")]
    [InlineData("ZUNION 0 a", "malformed")]
    [InlineData("BLMPOP 0 99999999999 a LEFT", "malformed")]
    [InlineData("EVAL script 01 a", "malformed")]
    [InlineData("MIGRATE host 6379 a 0 1000 KEYS b", "malformed")]
    [InlineData("MIGRATE host 6379 \"\" 0 1000 KEYS", "malformed")]
    [InlineData("SORT a STORE", "1")]
    [InlineData("CLUSTER KEYSLOT a", "")]
    [InlineData("PING", "")]
    [InlineData("GET", "malformed")]
    [InlineData("DEL", "malformed")]
    [InlineData("EVAL script 3 a b", "malformed")]
    [InlineData("EVAL script x a b", "malformed")]
    [InlineData("EVAL script -1 a b", "malformed")]
    [InlineData("XREAD COUNT STREAMS STREAMS a 0", "4")]
    [InlineData("SPUBLISH ch m", "1")]
    [InlineData("SSUBSCRIBE a b", "1 2")]
    public void Keys_are_found_by_their_place(string command, string expected) => Assert.Equal(expected, Find(command, room: 16));

    [Fact]
    public void All_keys_are_counted_also_those_there_is_no_room_for()
    {
        var line = Wire.Bytes("DEL a b c d e\r\n");
        var scanner = Wire.Scanned(line);
        Span<int> indexes = stackalloc int[2];

        Assert.Equal(5, KeyFinder.Find(CommandTable.Redis.Find("DEL"u8)!, scanner, line, indexes));
        Assert.Equal([1, 2], indexes.ToArray());
        Assert.Equal(5, KeyFinder.Find(CommandTable.Redis.Find("DEL"u8)!, scanner, line, []));
    }

    [Fact]
    public void Every_command_with_movable_keys_has_a_rule()
    {
        // SORT_RO's BY and GET patterns name keys, but no proxy can resolve them; the key it sorts is at a fixed place.
        string[] fixedAnyway = ["SORT_RO", "GEORADIUS_RO", "GEORADIUSBYMEMBER_RO"];
        var without = CommandTable.Redis.All
            .Where(row => row.Is(CommandFlags.MovableKeys) && row.KeyRule == KeyRule.Fixed)
            .Select(row => row.Name).Except(fixedAnyway);

        Assert.Empty(without);
    }

    private static string Find(string command, int room)
    {
        var line = Wire.Bytes(command + "\r\n");
        var scanner = Wire.Scanned(line);
        var row = CommandTable.Redis.Find(scanner.Argument(line, 0), scanner.ArgumentCount > 1 ? scanner.Argument(line, 1) : default);
        var indexes = new int[room];
        var count = KeyFinder.Find(row!, scanner, line, indexes);
        return count < 0 ? "malformed" : string.Join(" ", indexes.Take(count));
    }
}
