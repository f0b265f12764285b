using System.Text;
using Baton.Server.Proxy.Commands;
using Xunit;

namespace Baton.Server.Tests.Proxy.Commands;

public sealed class ScriptKeysTests
{
    [Theory]
    [InlineData("return 1", "", false)]
    [InlineData("#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1])", "", false)]
    [InlineData("return redis.call('get', 'a')", "a", false)]
    [InlineData("return redis.pcall(\"MSET\", 'a', 1, 'b\\'\\065', ARGV[1])", "a b'A", false)]
    [InlineData("return redis.call([[GET]], [==[x]y]==])", "x]y", false)]
    [InlineData("-- redis.call('GET', ARGV[1])\n--[[ redis ]] return redis.status_reply('redis.call')", "", false)]
    [InlineData("for i = 1, #KEYS do redis.call('DEL', KEYS[i]) end", "", false)]
    [InlineData("redis.call('ZUNIONSTORE', KEYS[1], 2, 'a', 'b')", "a b", false)]
    [InlineData("redis.call('ZUNIONSTORE', KEYS[1], ARGV[1], 'a')", "", true)]
    [InlineData("redis.call('SET', 'a' .. ARGV[1], 1)", "", true)]
    [InlineData("redis.call('DEL', unpack(ARGV))", "", true)]
    [InlineData("redis.call(ARGV[1], 'a')", "", true)]
    [InlineData("local r = redis; r.call('GET', 'a')", "", true)]
    [InlineData("local c = redis.call; c('GET', 'a')", "", true)]
    [InlineData("return redis['call']('GET', 'a')", "", true)]
    [InlineData("return loadstring(ARGV[1])()", "", true)]
    [InlineData("return _G[ARGV[1]].call('GET', 'a')", "", true)]
    [InlineData("return redis.call('NOSUCH', 'a')", "", true)]
    [InlineData("return 'x' .. redis.call('GET', ARGV[1])", "", true)]
    [InlineData("local function f(...) return redis.call('GET', ...) end", "", true)]
    [InlineData("return server.call('GET', 'a')", "a", false)]
    [InlineData("return redis.call('EVAL', 'x', 0)", "", true)]
    public void Keys_are_seen_or_known_not_to_be(string script, string written, bool unseen)
    {
        ScriptKeys keys = ScriptKeys.Read(Encoding.Latin1.GetBytes(script));

        Assert.Equal(written, string.Join(' ', keys.Written.Select(Encoding.Latin1.GetString)));
        Assert.Equal(unseen, keys.HasUnseen);
        Assert.Null(keys.WholeDatabase);
    }

    [Theory]
    [InlineData("redis.call('flushall', 'async')", "FLUSHALL")]
    [InlineData("return redis.pcall('SCAN', 0)", "SCAN")]
    [InlineData("return #redis.call('KEYS', '*')", "KEYS")]
    public void What_concerns_all_shards_is_named(string script, string expected) =>
        Assert.Equal(expected, ScriptKeys.Read(Encoding.Latin1.GetBytes(script)).WholeDatabase);
}
