using Xunit;
using static Baton.Client.Tests.Commands.CommandCheck;

namespace Baton.Client.Tests.Commands;

public sealed class SortedSetCommandTests
{
    /// <summary>Members with scores as RESP2 and as RESP3 has them.</summary>
    private static readonly string[] Scores = ["*4|$1|a|$1|1|$1|b|$3|2.5|", "*2|*2|$1|a|,1|*2|$1|b|,2.5|"];

    [Fact]
    public async Task Adding_and_asking()
    {
        await Is(c => c.ZAddAsync("z", "m", 1.5), "ZADD z 1.5 m", "True", ":1|");
        await Is(
            c => c.ZAddAsync("z", [("a", 1), ("b", double.PositiveInfinity)], ZAddOptions.Exists | ZAddOptions.Greater | ZAddOptions.CountChanged),
            "ZADD z XX GT CH 1 a inf b",
            "2",
            ":2|");
        await Is(c => c.ZAddAsync("z", [("a", 1)], ZAddOptions.NotExists), "ZADD z NX 1 a", "1", ":1|");
        await Is(c => c.ZAddIncrAsync("z", "m", 2, ZAddOptions.Less), "ZADD z LT INCR 2 m", "nil", "$-1|", "_|");
        await Is(c => c.ZIncrByAsync("z", 0.5, "m"), "ZINCRBY z 0.5 m", "2", "$1|2|", ",2|");
        await Is(c => c.ZRemAsync("z", "m"), "ZREM z m", "True", ":1|");
        await Is(c => c.ZRemAsync("z", ["a", "b"]), "ZREM z a b", "2", ":2|");
        await Is(c => c.ZScoreAsync("z", "m"), "ZSCORE z m", "-Infinity", "$4|-inf|", ",-inf|");
        await Is(c => c.ZScoreAsync("z", "m"), "ZSCORE z m", "nil", "$-1|", "_|");
        await Is(c => c.ZMScoreAsync("z", ["a", "b"]), "ZMSCORE z a b", "[1.5, nil]", "*2|$3|1.5|$-1|", "*2|,1.5|_|");
        await Is(c => c.ZCardAsync("z"), "ZCARD z", "2", ":2|");
        await Is(c => c.ZCountAsync("z", ScoreBound.Exclusive(1), ScoreBound.Highest), "ZCOUNT z (1 inf", "2", ":2|");
        await Is(c => c.ZLexCountAsync("z", LexBound.First, LexBound.Exclusive("c")), "ZLEXCOUNT z - (c", "2", ":2|");
        await Is(c => c.ZRankAsync("z", "m"), "ZRANK z m", "nil", "$-1|", "_|");
        await Is(c => c.ZRevRankAsync("z", "m"), "ZREVRANK z m", "3", ":3|");
        await Is(c => c.ZRankWithScoreAsync("z", "m"), "ZRANK z m WITHSCORE", "0:1.5", "*2|:0|$3|1.5|", "*2|:0|,1.5|");
        await Is(c => c.ZRevRankWithScoreAsync("z", "m"), "ZREVRANK z m WITHSCORE", "nil", "*-1|", "_|");
        await Is(c => c.ZRandMemberAsync("z"), "ZRANDMEMBER z", "a", "$1|a|");
        await Is(c => c.ZRandMemberWithScoresAsync("z", 2), "ZRANDMEMBER z 2 WITHSCORES", "[a:1, b:2.5]", Scores);
    }

    [Fact]
    public async Task Ranges()
    {
        await Is(c => c.ZRangeAsync("z", SortedSetRange.All), "ZRANGE z 0 -1", "[a]", "*1|$1|a|");
        await Is(c => c.ZRangeAsync("z", SortedSetRange.ByRank(0, 2) with { Reverse = true }), "ZRANGE z 0 2 REV", "[a]", "*1|$1|a|");
        await Is(
            c => c.ZRangeWithScoresAsync("z", SortedSetRange.ByScore(1, ScoreBound.Exclusive(5)) with { Reverse = true, Offset = 1, Count = 2 }),
            "ZRANGE z (5 1 BYSCORE REV LIMIT 1 2 WITHSCORES",
            "[a:1, b:2.5]",
            Scores);
        await Is(
            c => c.ZRangeAsync("z", SortedSetRange.ByLex("a", LexBound.Last) with { Offset = 1 }),
            "ZRANGE z [a + BYLEX LIMIT 1 -1",
            "[b]",
            "*1|$1|b|");
        await Is(c => c.ZRangeWithScoresAsync<long>("z", SortedSetRange.All), "ZRANGE z 0 -1 WITHSCORES", "[]", "*0|");
        await Is(c => c.ZRangeStoreAsync("d", "s", SortedSetRange.ByScore(1, 2)), "ZRANGESTORE d s 1 2 BYSCORE", "2", ":2|");
        await Is(c => c.ZRemRangeByRankAsync("z", 0, 1), "ZREMRANGEBYRANK z 0 1", "2", ":2|");
        await Is(c => c.ZRemRangeByScoreAsync("z", ScoreBound.Lowest, 5), "ZREMRANGEBYSCORE z -inf 5", "2", ":2|");
        await Is(c => c.ZRemRangeByLexAsync("z", "a", "b"), "ZREMRANGEBYLEX z [a [b", "2", ":2|");
    }

    [Fact]
    public async Task Taking()
    {
        var second = TimeSpan.FromSeconds(1);
        string[] popped = ["*2|$1|z|*1|*2|$1|a|$1|1|", "*2|$1|z|*1|*2|$1|a|,1|"];
        string[] poppedOne = ["*3|$1|z|$1|a|$1|1|", "*3|$1|z|$1|a|,1|"];
        await Is(c => c.ZPopMinAsync("z"), "ZPOPMIN z", "a:1", "*2|$1|a|$1|1|", "*2|$1|a|,1|");
        await Is(c => c.ZPopMinAsync("z"), "ZPOPMIN z", "nil", "*0|");
        await Is(c => c.ZPopMinAsync("z", 2), "ZPOPMIN z 2", "[a:1, b:2.5]", Scores);
        await Is(c => c.ZPopMaxAsync("z"), "ZPOPMAX z", "a:1", "*2|$1|a|$1|1|", "*2|$1|a|,1|");
        await Is(c => c.ZPopMaxAsync("z", 2), "ZPOPMAX z 2", "[a:1, b:2.5]", Scores);
        await Is(c => c.ZMPopAsync(["y", "z"], ScoreEnd.Lowest), "ZMPOP 2 y z MIN COUNT 1", "z[a:1]", popped);
        await Is(c => c.ZMPopAsync(["y"], ScoreEnd.Highest, 3), "ZMPOP 1 y MAX COUNT 3", "nil", "*-1|", "_|");
        await Is(c => c.BZPopMinAsync(["y", "z"], second), "BZPOPMIN y z 1", "z[a:1]", poppedOne);
        await Is(c => c.BZPopMaxAsync(["y"], second), "BZPOPMAX y 1", "nil", "*-1|", "_|");
        await Is(c => c.BZMPopAsync(["z"], ScoreEnd.Lowest, second), "BZMPOP 1 1 z MIN COUNT 1", "z[a:1]", popped);
    }

    [Fact]
    public async Task Combining()
    {
        await Is(c => c.ZUnionAsync(["a", "b"]), "ZUNION 2 a b WITHSCORES", "[a:1, b:2.5]", Scores);
        await Is(
            c => c.ZInterAsync(["a", "b"], [1, 0.5], Aggregate.Max),
            "ZINTER 2 a b WEIGHTS 1 0.5 AGGREGATE MAX WITHSCORES",
            "[a:1, b:2.5]",
            Scores);
        await Is(c => c.ZDiffAsync(["a", "b"]), "ZDIFF 2 a b WITHSCORES", "[a:1, b:2.5]", Scores);
        await Is(c => c.ZUnionStoreAsync("d", ["a"], aggregate: Aggregate.Min), "ZUNIONSTORE d 1 a AGGREGATE MIN", "2", ":2|");
        await Is(c => c.ZInterStoreAsync("d", ["a", "b"]), "ZINTERSTORE d 2 a b", "2", ":2|");
        await Is(c => c.ZDiffStoreAsync("d", ["a", "b"]), "ZDIFFSTORE d 2 a b", "2", ":2|");
        await Is(c => c.ZInterCardAsync(["a", "b"]), "ZINTERCARD 2 a b LIMIT 0", "2", ":2|");
    }

    [Theory]
    [InlineData("*3|$1|a|$1|1|$1|b|")]
    [InlineData(":5|")]
    [InlineData("*2|*2|$1|a|,1|$1|b|")]
    public async Task Pairs_that_are_none_are_an_error_of_the_reply(string reply)
    {
        await Assert.ThrowsAsync<RedisReplyException>(async () => await new ScriptedCommands(reply).ZRangeWithScoresAsync("z", SortedSetRange.All));
    }
}
