using static Baton.Client.SortedSetReplies;

namespace Baton.Client;

/// <summary>Taking from sorted sets. What waits on the server has a connection of its own.</summary>
public abstract partial class RedisCommands
{
    /// <summary>ZPOPMIN: takes the member with the lowest score; null when there is none.</summary>
    public ValueTask<ScoredMember<string>?> ZPopMinAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        WriteAsync("ZPOPMIN"u8, ScoredMembers<string>.One, cancellationToken, key);

    /// <summary>ZPOPMIN: takes at most so many members with the lowest scores.</summary>
    public ValueTask<ScoredMember<string>[]> ZPopMinAsync(RedisKey key, long count, CancellationToken cancellationToken = default) =>
        WriteAsync("ZPOPMIN"u8, ScoredMembers<string>.All, cancellationToken, key, count);

    /// <summary>ZPOPMAX: takes the member with the highest score; null when there is none.</summary>
    public ValueTask<ScoredMember<string>?> ZPopMaxAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        WriteAsync("ZPOPMAX"u8, ScoredMembers<string>.One, cancellationToken, key);

    /// <summary>ZPOPMAX: takes at most so many members with the highest scores.</summary>
    public ValueTask<ScoredMember<string>[]> ZPopMaxAsync(RedisKey key, long count, CancellationToken cancellationToken = default) =>
        WriteAsync("ZPOPMAX"u8, ScoredMembers<string>.All, cancellationToken, key, count);

    /// <summary>ZMPOP: takes members of the first of the sorted sets that has any; null when none has.</summary>
    public ValueTask<PoppedMembers?> ZMPopAsync(
        ReadOnlySpan<RedisKey> keys, ScoreEnd end, long count = 1, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("ZMPOP"u8);
        command.AddCounted(keys);
        command.Add(end);
        command.AddIf("COUNT"u8, count);
        return SendAsync(ref command, Popped, cancellationToken);
    }

    /// <summary>
    /// BZPOPMIN: takes the lowest of the first of the sorted sets that has any, waiting for one; null when none came in time.
    /// </summary>
    public ValueTask<PoppedMembers?> BZPopMinAsync(
        ReadOnlySpan<RedisKey> keys, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        BlockingKeysAsync("BZPOPMIN"u8, keys, timeout, PoppedOne, cancellationToken);

    /// <summary>
    /// BZPOPMAX: takes the highest of the first of the sorted sets that has any, waiting for one; null when none came in time.
    /// </summary>
    public ValueTask<PoppedMembers?> BZPopMaxAsync(
        ReadOnlySpan<RedisKey> keys, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        BlockingKeysAsync("BZPOPMAX"u8, keys, timeout, PoppedOne, cancellationToken);

    /// <summary>BZMPOP: as <see cref="ZMPopAsync"/>, waiting for a member; null when none came in time.</summary>
    public ValueTask<PoppedMembers?> BZMPopAsync(
        ReadOnlySpan<RedisKey> keys, ScoreEnd end, TimeSpan timeout, long count = 1, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("BZMPOP"u8);
        command.AddWaitSeconds(timeout);
        command.AddCounted(keys);
        command.Add(end);
        command.AddIf("COUNT"u8, count);
        return SendAsync(ref command, Popped, cancellationToken);
    }
}
