namespace Baton.Client;

/// <summary>
/// Commands on lists that wait on the server. They have a connection of their own. <see cref="Timeout.InfiniteTimeSpan"/> waits for ever; zero
/// is refused, for Redis takes it for the same.
/// </summary>
public abstract partial class RedisCommands
{
    /// <summary>BLPOP: the head of the first of the lists that has any, waiting for one; null when none came in time.</summary>
    public ValueTask<KeyedElement?> BLPopAsync(
        ReadOnlySpan<RedisKey> keys, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        BlockingKeysAsync("BLPOP"u8, keys, timeout, ListReplies.Keyed, cancellationToken);

    /// <summary>BLPOP of one list: its head as text, waiting for one; null when none came in time.</summary>
    public ValueTask<string?> BLPopAsync(RedisKey key, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        BlockingKeysAsync("BLPOP"u8, [key], timeout, ListReplies.SecondText, cancellationToken);

    /// <summary>BRPOP: the tail of the first of the lists that has any, waiting for one; null when none came in time.</summary>
    public ValueTask<KeyedElement?> BRPopAsync(
        ReadOnlySpan<RedisKey> keys, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        BlockingKeysAsync("BRPOP"u8, keys, timeout, ListReplies.Keyed, cancellationToken);

    /// <summary>BRPOP of one list: its tail as text, waiting for one; null when none came in time.</summary>
    public ValueTask<string?> BRPopAsync(RedisKey key, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        BlockingKeysAsync("BRPOP"u8, [key], timeout, ListReplies.SecondText, cancellationToken);

    /// <summary>BLMOVE: as <see cref="LMoveAsync"/>, waiting for an element; null when none came in time.</summary>
    public ValueTask<string?> BLMoveAsync(
        RedisKey source, RedisKey destination, ListSide from, ListSide to, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("BLMOVE"u8);
        command.Add(source);
        command.Add(destination);
        command.Add(from);
        command.Add(to);
        command.AddWaitSeconds(timeout);
        return SendAsync(ref command, ReplyReaders.NullableText, cancellationToken);
    }

    /// <summary>BLMPOP: as <see cref="LMPopAsync"/>, waiting for an element; null when none came in time.</summary>
    public ValueTask<PoppedElements?> BLMPopAsync(
        ReadOnlySpan<RedisKey> keys, ListSide side, TimeSpan timeout, long count = 1, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("BLMPOP"u8);
        command.AddWaitSeconds(timeout);
        command.AddCounted(keys);
        command.Add(side);
        command.AddIf("COUNT"u8, count);
        return SendAsync(ref command, ListReplies.Popped, cancellationToken);
    }
}
