using static Baton.Client.SortedSetReplies;

namespace Baton.Client;

/// <summary>Sorted sets.</summary>
public abstract partial class RedisCommands
{
    /// <summary>ZADD: true when the member is new.</summary>
    public ValueTask<bool> ZAddAsync(RedisKey key, RedisValue member, double score, CancellationToken cancellationToken = default) =>
        WriteAsync("ZADD"u8, KeyReplies.AnyDone, cancellationToken, key, score, member);

    /// <summary>ZADD: how many of the members are new (with <see cref="ZAddOptions.CountChanged"/>: or changed).</summary>
    public ValueTask<long> ZAddAsync(
        RedisKey key,
        ReadOnlySpan<(RedisValue Member, double Score)> members,
        ZAddOptions options = ZAddOptions.None,
        CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("ZADD"u8);
        command.Add(key);
        AddOptions(ref command, options);
        foreach (var (member, score) in members)
        {
            command.AddDouble(score);
            command.Add(member);
        }

        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary>ZADD ... INCR: the new score; null when the options forbade it.</summary>
    public ValueTask<double?> ZAddIncrAsync(
        RedisKey key, RedisValue member, double increment, ZAddOptions options, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("ZADD"u8);
        command.Add(key);
        AddOptions(ref command, options);
        command.AddBytes("INCR"u8);
        command.AddDouble(increment);
        command.Add(member);
        return SendAsync(ref command, ReplyReaders.NullableDouble, cancellationToken);
    }

    /// <summary>ZINCRBY: the new score.</summary>
    public ValueTask<double> ZIncrByAsync(
        RedisKey key, double increment, RedisValue member, CancellationToken cancellationToken = default) =>
        WriteAsync("ZINCRBY"u8, ReplyReaders.Double, cancellationToken, key, increment, member);

    /// <summary>ZREM: whether the member was there.</summary>
    public ValueTask<bool> ZRemAsync(RedisKey key, RedisValue member, CancellationToken cancellationToken = default) =>
        WriteAsync("ZREM"u8, KeyReplies.AnyDone, cancellationToken, key, member);

    /// <summary>ZREM: how many of the members were there.</summary>
    public ValueTask<long> ZRemAsync(RedisKey key, ReadOnlySpan<RedisValue> members, CancellationToken cancellationToken = default) =>
        ValuesAsync("ZREM"u8, CommandTraits.None, key, members, ReplyReaders.Int64, cancellationToken);

    /// <summary>ZSCORE: null when the member is not there.</summary>
    public ValueTask<double?> ZScoreAsync(RedisKey key, RedisValue member, CancellationToken cancellationToken = default) =>
        ReadAsync("ZSCORE"u8, ReplyReaders.NullableDouble, cancellationToken, key, member);

    /// <summary>ZMSCORE: the scores in the members' order, null for missing ones.</summary>
    public ValueTask<double?[]> ZMScoreAsync(
        RedisKey key, ReadOnlySpan<RedisValue> members, CancellationToken cancellationToken = default) =>
        ValuesAsync("ZMSCORE"u8, CommandTraits.ReadOnly, key, members, ReplyReaderFor<double?>.Array, cancellationToken);

    /// <summary>ZCARD: how many members there are.</summary>
    public ValueTask<long> ZCardAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("ZCARD"u8, ReplyReaders.Int64, cancellationToken, key);

    /// <summary>ZCOUNT: how many members have a score in the range.</summary>
    public ValueTask<long> ZCountAsync(
        RedisKey key, ScoreBound lowest, ScoreBound highest, CancellationToken cancellationToken = default) =>
        ReadAsync("ZCOUNT"u8, ReplyReaders.Int64, cancellationToken, key, lowest.Word, highest.Word);

    /// <summary>ZLEXCOUNT: how many members are in the range, where all scores are the same.</summary>
    public ValueTask<long> ZLexCountAsync(RedisKey key, LexBound first, LexBound last, CancellationToken cancellationToken = default) =>
        ReadAsync("ZLEXCOUNT"u8, ReplyReaders.Int64, cancellationToken, key, first.Word, last.Word);

    /// <summary>ZRANK: 0 for the lowest score; null when the member is not there.</summary>
    public ValueTask<long?> ZRankAsync(RedisKey key, RedisValue member, CancellationToken cancellationToken = default) =>
        ReadAsync("ZRANK"u8, ReplyReaders.NullableInt64, cancellationToken, key, member);

    /// <summary>ZREVRANK: 0 for the highest score; null when the member is not there.</summary>
    public ValueTask<long?> ZRevRankAsync(RedisKey key, RedisValue member, CancellationToken cancellationToken = default) =>
        ReadAsync("ZREVRANK"u8, ReplyReaders.NullableInt64, cancellationToken, key, member);

    /// <summary>ZRANK ... WITHSCORE (Redis 7.2); null when the member is not there.</summary>
    public ValueTask<MemberRank?> ZRankWithScoreAsync(RedisKey key, RedisValue member, CancellationToken cancellationToken = default) =>
        ReadAsync("ZRANK"u8, Rank, cancellationToken, key, member, "WITHSCORE");

    /// <summary>ZREVRANK ... WITHSCORE (Redis 7.2); null when the member is not there.</summary>
    public ValueTask<MemberRank?> ZRevRankWithScoreAsync(
        RedisKey key, RedisValue member, CancellationToken cancellationToken = default) =>
        ReadAsync("ZREVRANK"u8, Rank, cancellationToken, key, member, "WITHSCORE");

    /// <summary>ZRANGE: the members in the range: <c>ZRangeAsync("z", SortedSetRange.ByScore(1, 5) with { Reverse = true })</c></summary>
    public ValueTask<string[]> ZRangeAsync(RedisKey key, SortedSetRange range, CancellationToken cancellationToken = default) =>
        ZRangeAsync<string>(key, range, cancellationToken);

    /// <summary>ZRANGE: the members in the range, as <typeparamref name="T"/>.</summary>
    public ValueTask<T[]> ZRangeAsync<T>(RedisKey key, SortedSetRange range, CancellationToken cancellationToken = default)
    {
        var command = BeginRange(key, range);
        return SendAsync(ref command, ReplyReaderFor<T>.Array, cancellationToken);
    }

    /// <summary>ZRANGE ... WITHSCORES.</summary>
    public ValueTask<ScoredMember<string>[]> ZRangeWithScoresAsync(
        RedisKey key, SortedSetRange range, CancellationToken cancellationToken = default) =>
        ZRangeWithScoresAsync<string>(key, range, cancellationToken);

    /// <summary>ZRANGE ... WITHSCORES, the members as <typeparamref name="T"/>.</summary>
    public ValueTask<ScoredMember<T>[]> ZRangeWithScoresAsync<T>(
        RedisKey key, SortedSetRange range, CancellationToken cancellationToken = default)
    {
        var command = BeginRange(key, range);
        command.AddBytes("WITHSCORES"u8);
        return SendAsync(ref command, ScoredMembers<T>.All, cancellationToken);
    }

    /// <summary>ZRANGESTORE: how many members <paramref name="destination"/> has now.</summary>
    public ValueTask<long> ZRangeStoreAsync(
        RedisKey destination, RedisKey source, SortedSetRange range, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("ZRANGESTORE"u8);
        command.Add(destination);
        command.Add(source);
        range.WriteTo(ref command);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary>ZREMRANGEBYRANK: how many were removed; both ranks included.</summary>
    public ValueTask<long> ZRemRangeByRankAsync(RedisKey key, long start, long stop, CancellationToken cancellationToken = default) =>
        WriteAsync("ZREMRANGEBYRANK"u8, ReplyReaders.Int64, cancellationToken, key, start, stop);

    /// <summary>ZREMRANGEBYSCORE: how many were removed.</summary>
    public ValueTask<long> ZRemRangeByScoreAsync(
        RedisKey key, ScoreBound lowest, ScoreBound highest, CancellationToken cancellationToken = default) =>
        WriteAsync("ZREMRANGEBYSCORE"u8, ReplyReaders.Int64, cancellationToken, key, lowest.Word, highest.Word);

    /// <summary>ZREMRANGEBYLEX: how many were removed, where all scores are the same.</summary>
    public ValueTask<long> ZRemRangeByLexAsync(
        RedisKey key, LexBound first, LexBound last, CancellationToken cancellationToken = default) =>
        WriteAsync("ZREMRANGEBYLEX"u8, ReplyReaders.Int64, cancellationToken, key, first.Word, last.Word);

    /// <summary>ZRANDMEMBER: some member; null when there is none.</summary>
    public ValueTask<string?> ZRandMemberAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("ZRANDMEMBER"u8, ReplyReaders.NullableText, cancellationToken, key);

    /// <summary>
    /// ZRANDMEMBER ... WITHSCORES: some members. A negative <paramref name="count"/> allows the same one several times.
    /// </summary>
    public ValueTask<ScoredMember<string>[]> ZRandMemberWithScoresAsync(
        RedisKey key, long count, CancellationToken cancellationToken = default) =>
        ReadAsync("ZRANDMEMBER"u8, ScoredMembers<string>.All, cancellationToken, key, count, "WITHSCORES");

    private static void AddOptions(ref CommandWriter command, ZAddOptions options)
    {
        command.AddIf(options.HasFlag(ZAddOptions.NotExists), "NX"u8);
        command.AddIf(options.HasFlag(ZAddOptions.Exists), "XX"u8);
        command.AddIf(options.HasFlag(ZAddOptions.Greater), "GT"u8);
        command.AddIf(options.HasFlag(ZAddOptions.Less), "LT"u8);
        command.AddIf(options.HasFlag(ZAddOptions.CountChanged), "CH"u8);
    }

    private static CommandWriter BeginRange(RedisKey key, SortedSetRange range)
    {
        var command = CommandWriter.Begin("ZRANGE"u8, CommandTraits.ReadOnly);
        command.Add(key);
        range.WriteTo(ref command);
        return command;
    }
}
