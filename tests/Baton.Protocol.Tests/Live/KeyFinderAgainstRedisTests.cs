using Baton.Protocol.Commands;
using Baton.Protocol.Resp;
using Baton.Protocol.Tests.Resp;

namespace Baton.Protocol.Tests.Live;

/// <summary>Our keys are those that <c>COMMAND GETKEYS</c> of the real server names.</summary>
public sealed class KeyFinderAgainstRedisTests(RedisServer redis)
{
    [Theory]
    [InlineData("GET k")]
    [InlineData("SET k v EX 10")]
    [InlineData("DEL a b c")]
    [InlineData("MSET a 1 b 2 c 3")]
    [InlineData("MSETNX a 1 b 2")]
    [InlineData("MGET a b")]
    [InlineData("RENAME a b")]
    [InlineData("COPY a b REPLACE")]
    [InlineData("BITOP AND d a b c")]
    [InlineData("LCS a b LEN")]
    [InlineData("SMOVE a b m")]
    [InlineData("LMOVE a b LEFT RIGHT")]
    [InlineData("RPOPLPUSH a b")]
    [InlineData("BLMOVE a b LEFT RIGHT 0")]
    [InlineData("BLPOP a b c 0")]
    [InlineData("BZPOPMIN a b 1")]
    [InlineData("SDIFFSTORE d a b")]
    [InlineData("PFMERGE d a b")]
    [InlineData("PFCOUNT a b")]
    [InlineData("WATCH a b")]
    [InlineData("EVAL script 2 a b x y")]
    [InlineData("EVAL script 0 x")]
    [InlineData("EVALSHA sha 1 a")]
    [InlineData("EVAL_RO script 1 a")]
    [InlineData("EVALSHA_RO sha 1 a x")]
    [InlineData("FCALL f 2 a b")]
    [InlineData("FCALL_RO f 0")]
    [InlineData("ZUNIONSTORE d 2 a b WEIGHTS 1 2")]
    [InlineData("ZINTERSTORE d 1 a AGGREGATE MAX")]
    [InlineData("ZDIFFSTORE d 2 a b")]
    [InlineData("ZUNIONSTORE d 3 a b")]
    [InlineData("ZUNIONSTORE d x a b")]
    [InlineData("ZUNION 2 a b WITHSCORES")]
    [InlineData("ZINTER 2 a b")]
    [InlineData("ZDIFF 2 a b")]
    [InlineData("ZINTERCARD 2 a b LIMIT 5")]
    [InlineData("SINTERCARD 2 a b")]
    [InlineData("SINTERCARD 3 a b")]
    [InlineData("LMPOP 2 a b LEFT COUNT 3")]
    [InlineData("ZMPOP 1 a MIN")]
    [InlineData("BLMPOP 0 2 a b LEFT")]
    [InlineData("BZMPOP 1.5 2 a b MAX")]
    [InlineData("XREAD STREAMS a b 0 0")]
    [InlineData("XREAD COUNT 2 BLOCK 100 STREAMS a 0")]
    [InlineData("XREADGROUP GROUP g c COUNT 1 NOACK STREAMS a b > >")]
    [InlineData("XREADGROUP GROUP streams c STREAMS a >")]
    [InlineData("xread streams a $")]
    [InlineData("XADD a * f v")]
    [InlineData("XINFO STREAM a FULL")]
    [InlineData("XINFO GROUPS a")]
    [InlineData("XGROUP CREATE a g $ MKSTREAM")]
    [InlineData("XCLAIM a g c 0 1-1")]
    [InlineData("SORT a")]
    [InlineData("SORT a BY w_* LIMIT 0 5 GET # GET o_* ASC ALPHA STORE d")]
    [InlineData("SORT a BY store GET STORE STORE d")]
    [InlineData("SORT a STORE d STORE e")]
    [InlineData("SORT_RO a BY w_* GET STORE")]
    [InlineData("GEORADIUS a 1 2 3 km")]
    [InlineData("GEORADIUS a 1 2 3 km COUNT 5 ANY STORE d")]
    [InlineData("GEORADIUS a 1 2 3 km WITHDIST STOREDIST d")]
    [InlineData("GEORADIUSBYMEMBER a m 3 km STORE d")]
    [InlineData("GEORADIUSBYMEMBER_RO a m 3 km")]
    [InlineData("GEOSEARCHSTORE d a FROMMEMBER m BYRADIUS 1 km")]
    [InlineData("MIGRATE host 6379 a 0 1000")]
    [InlineData("MIGRATE host 6379 a 0 1000 COPY REPLACE AUTH KEYS")]
    [InlineData("MIGRATE host 6379 \"\" 0 1000 COPY KEYS a b c")]
    [InlineData("MIGRATE host 6379 \"\" 0 1000 AUTH2 u KEYS KEYS a b")]
    [InlineData("OBJECT ENCODING a")]
    [InlineData("OBJECT FREQ a")]
    [InlineData("MEMORY USAGE a SAMPLES 5")]
    [InlineData("ZRANGESTORE d a 0 -1")]
    [InlineData("ZADD a 1 m")]
    [InlineData("PUBLISH ch m")]
    [InlineData("SUBSCRIBE a b")]
    [InlineData("SELECT 1")]
    [InlineData("GET a b")]
    [InlineData("RENAME a")]
    public void Keys_are_those_of_the_real_server(string command)
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "redis-server is not installed (apt-get install redis-server)");

        Assert.Equal(KeysByRedis(command), KeysByUs(command));
    }

    private static string KeysByUs(string command)
    {
        var line = Wire.Bytes(command + "\r\n");
        var scanner = Wire.Scanned(line);
        var row = CommandTable.Redis.Find(scanner.Argument(line, 0), scanner.ArgumentCount > 1 ? scanner.Argument(line, 1) : default);
        Span<int> indexes = stackalloc int[16];
        var count = KeyFinder.Find(row!, scanner, line, indexes);

        var keys = new List<string>();
        foreach (var index in indexes[..Math.Max(0, count)])
        {
            keys.Add(Wire.Text(scanner.Argument(line, index)));
        }

        return count < 0 ? "malformed" : string.Join(" ", keys);
    }

    private string KeysByRedis(string command)
    {
        var reply = redis.Ask(Wire.Bytes($"COMMAND GETKEYS {command}\r\n"));
        if (reply.StartsWith("-ERR The command has no key arguments", StringComparison.Ordinal))
        {
            return "";
        }

        if (reply.StartsWith("-ERR Invalid", StringComparison.Ordinal))
        {
            return "malformed";
        }

        var reader = new RespReader(Wire.Bytes(reply));
        reader.Read();
        Assert.True(reader.Kind == '*', reply);
        var keys = new List<string>();
        while (reader.Read())
        {
            keys.Add(reader.GetString());
        }

        return string.Join(" ", keys);
    }
}
