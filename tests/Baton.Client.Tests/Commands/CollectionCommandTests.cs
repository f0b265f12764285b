using Xunit;
using static Baton.Client.Tests.Commands.CommandCheck;

namespace Baton.Client.Tests.Commands;

/// <summary>Hashes, lists and sets.</summary>
public sealed class CollectionCommandTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Hashes()
    {
        await Is(c => c.HGetAsync("h", "f"), "HGET h f", "v", "$1|v|");
        await Is(c => c.HGetAsync<int?>("h", "f"), "HGET h f", "nil", "$-1|", "_|");
        await Is(c => c.HSetAsync("h", "f", 1), "HSET h f 1", "True", ":1|");
        await Is(c => c.HSetAsync("h", [("a", 1), ("b", "x")]), "HSET h a 1 b x", "2", ":2|");
        await Is(c => c.HSetNxAsync("h", "f", 1), "HSETNX h f 1", "False", ":0|");
        await Is(c => c.HMGetAsync("h", ["a", "b"]), "HMGET h a b", "[1, nil]", "*2|$1|1|$-1|", "*2|$1|1|_|");
        await Is(c => c.HGetAllAsync("h"), "HGETALL h", "{a=1, b=2}", "*4|$1|a|$1|1|$1|b|$1|2|", "%2|$1|a|$1|1|$1|b|$1|2|");
        await Is(c => c.HGetAllAsync<long>("h"), "HGETALL h", "{a=1}", "*2|$1|a|$1|1|", "%1|$1|a|$1|1|");
        await Is(c => c.HGetAllAsync("h"), "HGETALL h", "{}", "*0|", "%0|");
        await Is(c => c.HDelAsync("h", "f"), "HDEL h f", "True", ":1|");
        await Is(c => c.HDelAsync("h", ["a", "b"]), "HDEL h a b", "1", ":1|");
        await Is(c => c.HExistsAsync("h", "f"), "HEXISTS h f", "True", ":1|", "#t|");
        await Is(c => c.HLenAsync("h"), "HLEN h", "2", ":2|");
        await Is(c => c.HStrLenAsync("h", "f"), "HSTRLEN h f", "2", ":2|");
        await Is(c => c.HKeysAsync("h"), "HKEYS h", "[a, b]", "*2|$1|a|$1|b|");
        await Is(c => c.HValsAsync<long>("h"), "HVALS h", "[1, 2]", "*2|$1|1|$1|2|");
        await Is(c => c.HIncrByAsync("h", "f", -2), "HINCRBY h f -2", "-2", ":-2|");
        await Is(c => c.HIncrByFloatAsync("h", "f", 1.5), "HINCRBYFLOAT h f 1.5", "1.5", "$3|1.5|", ",1.5|");
        await Is(c => c.HRandFieldAsync("h"), "HRANDFIELD h", "nil", "$-1|", "_|");
        await Is(c => c.HRandFieldAsync("h", -2), "HRANDFIELD h -2", "[a, a]", "*2|$1|a|$1|a|");
        await Is(
            c => c.HRandFieldWithValuesAsync("h", 2),
            "HRANDFIELD h 2 WITHVALUES",
            "[a=1, b=2]",
            "*4|$1|a|$1|1|$1|b|$1|2|",
            "*2|*2|$1|a|$1|1|*2|$1|b|$1|2|");
    }

    [Fact]
    public async Task Hash_fields_that_end()
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_900_000_000_000);
        await Is(
            c => c.HExpireAsync("h", Second, ["a", "b", "c"], ExpireWhen.HasNone),
            "HPEXPIRE h 1000 NX FIELDS 3 a b c",
            "[NoField, ConditionNotMet, Done]",
            "*3|:-2|:0|:1|");
        await Is(c => c.HExpireAtAsync("h", time, ["a"]), "HPEXPIREAT h 1900000000000 FIELDS 1 a", "[Deleted]", "*1|:2|");
        await Is(c => c.HPersistAsync("h", ["a", "b"]), "HPERSIST h FIELDS 2 a b", "[HadNone, Done]", "*2|:-1|:1|");
        await Is(
            c => c.HTtlAsync("h", ["a", "b", "c"]),
            "HPTTL h FIELDS 3 a b c",
            $"[nil, {Show(Timeout.InfiniteTimeSpan)}, 00:00:01]",
            "*3|:-2|:-1|:1000|");
        await Is(c => c.HExpireTimeAsync("h", ["a"]), "HPEXPIRETIME h FIELDS 1 a", $"[{Show(time)}]", "*1|:1900000000000|");
        await Is(c => c.HGetDelAsync("h", ["a", "b"]), "HGETDEL h FIELDS 2 a b", "[1, nil]", "*2|$1|1|$-1|", "*2|$1|1|_|");
        await Is(c => c.HGetExAsync("h", Second, ["a"]), "HGETEX h EX 1 FIELDS 1 a", "[1]", "*1|$1|1|");
        await Is(c => c.HGetExAsync("h", Expiry.Never, ["a"]), "HGETEX h PERSIST FIELDS 1 a", "[1]", "*1|$1|1|");
        await Is(
            c => c.HSetExAsync("h", Second, [("a", 1), ("b", 2)], SetWhen.NotExists), "HSETEX h FNX EX 1 FIELDS 2 a 1 b 2", "True", ":1|");
        await Is(c => c.HSetExAsync("h", Expiry.Keep, [("a", 1)], SetWhen.Exists), "HSETEX h FXX KEEPTTL FIELDS 1 a 1", "False", ":0|");
    }

    [Fact]
    public async Task Lists()
    {
        await Is(c => c.LPushAsync("l", "a"), "LPUSH l a", "1", ":1|");
        await Is(c => c.LPushAsync("l", ["a", 2]), "LPUSH l a 2", "2", ":2|");
        await Is(c => c.RPushAsync("l", "a"), "RPUSH l a", "1", ":1|");
        await Is(c => c.RPushAsync("l", ["a", 2]), "RPUSH l a 2", "2", ":2|");
        await Is(c => c.LPushXAsync("l", ["a"]), "LPUSHX l a", "0", ":0|");
        await Is(c => c.RPushXAsync("l", ["a"]), "RPUSHX l a", "0", ":0|");
        await Is(c => c.LPopAsync("l"), "LPOP l", "nil", "$-1|", "_|");
        await Is(c => c.LPopAsync<long>("l"), "LPOP l", "7", "$1|7|");
        await Is(c => c.LPopAsync("l", 2), "LPOP l 2", "[]", "*-1|", "_|");
        await Is(c => c.RPopAsync("l"), "RPOP l", "a", "$1|a|");
        await Is(c => c.RPopAsync("l", 2), "RPOP l 2", "[a]", "*1|$1|a|");
        await Is(c => c.LRangeAsync("l"), "LRANGE l 0 -1", "[a, b]", "*2|$1|a|$1|b|");
        await Is(c => c.LRangeAsync<long>("l", 1, 2), "LRANGE l 1 2", "[7]", "*1|$1|7|");
        await Is(c => c.LLenAsync("l"), "LLEN l", "2", ":2|");
        await Is(c => c.LIndexAsync("l", -1), "LINDEX l -1", "nil", "$-1|", "_|");
        await Is(c => c.LSetAsync("l", 0, "x"), "LSET l 0 x", "True", "+OK|");
        await Is(c => c.LInsertBeforeAsync("l", "p", "e"), "LINSERT l BEFORE p e", "3", ":3|");
        await Is(c => c.LInsertAfterAsync("l", "p", "e"), "LINSERT l AFTER p e", "-1", ":-1|");
        await Is(c => c.LRemAsync("l", -2, "e"), "LREM l -2 e", "2", ":2|");
        await Is(c => c.LTrimAsync("l", 0, 9), "LTRIM l 0 9", "True", "+OK|");
        await Is(c => c.LPosAsync("l", "e"), "LPOS l e", "nil", "$-1|", "_|");
        await Is(c => c.LPosAsync("l", "e", 0, -1, 100), "LPOS l e RANK -1 COUNT 0 MAXLEN 100", "[5, 2]", "*2|:5|:2|");
        await Is(c => c.LMoveAsync("a", "b", ListSide.Left, ListSide.Right), "LMOVE a b LEFT RIGHT", "e", "$1|e|");
        await Is(c => c.LMPopAsync(["a", "b"], ListSide.Left), "LMPOP 2 a b LEFT COUNT 1", "b[x]", "*2|$1|b|*1|$1|x|");
        await Is(c => c.LMPopAsync(["a"], ListSide.Right, 5), "LMPOP 1 a RIGHT COUNT 5", "nil", "*-1|", "_|");
    }

    [Fact]
    public async Task Lists_that_are_waited_for()
    {
        await Is(c => c.BLPopAsync(["a", "b"], Second), "BLPOP a b 1", "b=x", "*2|$1|b|$1|x|");
        await Is(c => c.BLPopAsync(["a"], TimeSpan.FromMilliseconds(250)), "BLPOP a 0.25", "nil", "*-1|", "_|");
        await Is(c => c.BLPopAsync("a", Timeout.InfiniteTimeSpan), "BLPOP a 0", "x", "*2|$1|a|$1|x|");
        await Is(c => c.BRPopAsync("a", Second), "BRPOP a 1", "nil", "*-1|", "_|");
        await Is(c => c.BRPopAsync(["a"], Second), "BRPOP a 1", "a=x", "*2|$1|a|$1|x|");
        await Is(c => c.BLMoveAsync("a", "b", ListSide.Right, ListSide.Left, Second), "BLMOVE a b RIGHT LEFT 1", "nil", "$-1|", "*-1|", "_|");
        await Is(c => c.BLMPopAsync(["a", "b"], ListSide.Left, Second, 2), "BLMPOP 1 2 a b LEFT COUNT 2", "a[x, y]", "*2|$1|a|*2|$1|x|$1|y|");
    }

    [Fact]
    public void A_wait_of_no_time_is_refused_for_Redis_would_wait_for_ever()
    {
        var commands = new ScriptedCommands();

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => commands.BLPopAsync("a", TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => commands.XReadAsync("s", "$", block: TimeSpan.FromSeconds(-2)));

        Assert.Contains("InfiniteTimeSpan", error.Message, StringComparison.Ordinal);
        Assert.Empty(commands.Sent);
    }

    [Fact]
    public Task A_wait_of_less_than_a_millisecond_does_not_become_for_ever() =>
        Is(c => c.BLPopAsync("a", TimeSpan.FromTicks(1)), "BLPOP a 0.001", "nil", "*-1|");

    [Fact]
    public void A_type_that_no_reply_becomes_is_an_error_that_names_those_that_do()
    {
        var commands = new ScriptedCommands();

        Assert.Throws<NotSupportedException>(() => commands.GetAsync<Guid>("k"));
        Assert.Throws<NotSupportedException>(() => commands.LRangeAsync<Guid>("k"));
        Assert.Throws<NotSupportedException>(() => commands.HGetAllAsync<Guid>("k"));
        var error = Assert.Throws<NotSupportedException>(() => commands.ZRangeWithScoresAsync<Guid>("k", SortedSetRange.All));

        Assert.Contains("byte[]", error.Message, StringComparison.Ordinal);
        Assert.Empty(commands.Sent);
    }

    [Fact]
    public async Task Sets()
    {
        await Is(c => c.SAddAsync("s", "m"), "SADD s m", "True", ":1|");
        await Is(c => c.SAddAsync("s", ["a", 2]), "SADD s a 2", "2", ":2|");
        await Is(c => c.SRemAsync("s", "m"), "SREM s m", "False", ":0|");
        await Is(c => c.SRemAsync("s", ["a"]), "SREM s a", "1", ":1|");
        await Is(c => c.SIsMemberAsync("s", "m"), "SISMEMBER s m", "True", ":1|");
        await Is(c => c.SMIsMemberAsync("s", ["a", "b"]), "SMISMEMBER s a b", "[True, False]", "*2|:1|:0|");
        await Is(c => c.SMembersAsync("s"), "SMEMBERS s", "[a, b]", "*2|$1|a|$1|b|", "~2|$1|a|$1|b|");
        await Is(c => c.SMembersAsync<long>("s"), "SMEMBERS s", "[1]", "*1|$1|1|", "~1|$1|1|");
        await Is(c => c.SCardAsync("s"), "SCARD s", "2", ":2|");
        await Is(c => c.SPopAsync("s"), "SPOP s", "nil", "$-1|", "_|");
        await Is(c => c.SPopAsync("s", 2), "SPOP s 2", "[a]", "*1|$1|a|", "~1|$1|a|");
        await Is(c => c.SRandMemberAsync("s"), "SRANDMEMBER s", "a", "$1|a|");
        await Is(c => c.SRandMemberAsync("s", -2), "SRANDMEMBER s -2", "[a, a]", "*2|$1|a|$1|a|");
        await Is(c => c.SMoveAsync("a", "b", "m"), "SMOVE a b m", "True", ":1|");
        await Is(c => c.SUnionAsync(["a", "b"]), "SUNION a b", "[x]", "*1|$1|x|", "~1|$1|x|");
        await Is(c => c.SInterAsync(["a", "b"]), "SINTER a b", "[]", "*0|", "~0|");
        await Is(c => c.SDiffAsync(["a", "b"]), "SDIFF a b", "[x]", "*1|$1|x|", "~1|$1|x|");
        await Is(c => c.SUnionStoreAsync("d", ["a", "b"]), "SUNIONSTORE d a b", "3", ":3|");
        await Is(c => c.SInterStoreAsync("d", ["a"]), "SINTERSTORE d a", "3", ":3|");
        await Is(c => c.SDiffStoreAsync("d", ["a"]), "SDIFFSTORE d a", "3", ":3|");
        await Is(c => c.SInterCardAsync(["a", "b"], 5), "SINTERCARD 2 a b LIMIT 5", "1", ":1|");
    }
}
