using static Baton.Client.SortedSetReplies;

namespace Baton.Client;

/// <summary>Unions, intersections and differences of sorted sets.</summary>
public abstract partial class RedisCommands
{
    /// <summary>ZUNION ... WITHSCORES: what is in any of the sorted sets.</summary>
    /// <param name="keys">The sorted sets (sets count as such, with scores of 1).</param>
    /// <param name="weights">What each one's scores are multiplied by; empty for 1.</param>
    /// <param name="aggregate">What becomes of a member's several scores. Default: their sum.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<ScoredMember<string>[]> ZUnionAsync(
        ReadOnlySpan<RedisKey> keys,
        ReadOnlySpan<double> weights = default,
        Aggregate aggregate = Aggregate.Sum,
        CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("ZUNION"u8, CommandTraits.ReadOnly);
        AddCombination(ref command, keys, weights, aggregate);
        command.AddBytes("WITHSCORES"u8);
        return SendAsync(ref command, ScoredMembers<string>.All, cancellationToken);
    }

    /// <summary>ZINTER ... WITHSCORES: what is in all of the sorted sets. Parameters as in <see cref="ZUnionAsync"/>.</summary>
    public ValueTask<ScoredMember<string>[]> ZInterAsync(
        ReadOnlySpan<RedisKey> keys,
        ReadOnlySpan<double> weights = default,
        Aggregate aggregate = Aggregate.Sum,
        CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("ZINTER"u8, CommandTraits.ReadOnly);
        AddCombination(ref command, keys, weights, aggregate);
        command.AddBytes("WITHSCORES"u8);
        return SendAsync(ref command, ScoredMembers<string>.All, cancellationToken);
    }

    /// <summary>ZDIFF ... WITHSCORES: what is in the first of the sorted sets and in no other.</summary>
    public ValueTask<ScoredMember<string>[]> ZDiffAsync(ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        CountedKeysAsync("ZDIFF"u8, CommandTraits.ReadOnly, keys, ScoredMembers<string>.All, cancellationToken, "WITHSCORES");

    /// <summary>
    /// ZUNIONSTORE: how many members <paramref name="destination"/> has now. Parameters as in <see cref="ZUnionAsync"/>.
    /// </summary>
    public ValueTask<long> ZUnionStoreAsync(
        RedisKey destination,
        ReadOnlySpan<RedisKey> keys,
        ReadOnlySpan<double> weights = default,
        Aggregate aggregate = Aggregate.Sum,
        CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("ZUNIONSTORE"u8);
        command.Add(destination);
        AddCombination(ref command, keys, weights, aggregate);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary>
    /// ZINTERSTORE: how many members <paramref name="destination"/> has now. Parameters as in <see cref="ZUnionAsync"/>.
    /// </summary>
    public ValueTask<long> ZInterStoreAsync(
        RedisKey destination,
        ReadOnlySpan<RedisKey> keys,
        ReadOnlySpan<double> weights = default,
        Aggregate aggregate = Aggregate.Sum,
        CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("ZINTERSTORE"u8);
        command.Add(destination);
        AddCombination(ref command, keys, weights, aggregate);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary>ZDIFFSTORE: how many members <paramref name="destination"/> has now.</summary>
    public ValueTask<long> ZDiffStoreAsync(
        RedisKey destination, ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("ZDIFFSTORE"u8);
        command.Add(destination);
        command.AddCounted(keys);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary>
    /// ZINTERCARD: how many members are in all of the sorted sets, counting to <paramref name="limit"/> at most (0: all).
    /// </summary>
    public ValueTask<long> ZInterCardAsync(ReadOnlySpan<RedisKey> keys, long limit = 0, CancellationToken cancellationToken = default) =>
        CountedKeysAsync("ZINTERCARD"u8, CommandTraits.ReadOnly, keys, ReplyReaders.Int64, cancellationToken, "LIMIT", limit);

    /// <summary><c>numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM | MIN | MAX]</c></summary>
    private static void AddCombination(
        ref CommandWriter command, scoped ReadOnlySpan<RedisKey> keys, scoped ReadOnlySpan<double> weights, Aggregate aggregate)
    {
        command.AddCounted(keys);
        command.AddIf(!weights.IsEmpty, "WEIGHTS"u8);
        foreach (var weight in weights)
        {
            command.AddDouble(weight);
        }

        if (aggregate != Aggregate.Sum)
        {
            command.AddBytes("AGGREGATE"u8);
            command.AddBytes(aggregate == Aggregate.Min ? "MIN"u8 : "MAX"u8);
        }
    }
}
