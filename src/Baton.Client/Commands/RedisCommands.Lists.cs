namespace Baton.Client;

/// <summary>Lists.</summary>
public abstract partial class RedisCommands
{
    /// <summary>LPUSH: the new length.</summary>
    public ValueTask<long> LPushAsync(RedisKey key, RedisValue element, CancellationToken cancellationToken = default) =>
        WriteAsync("LPUSH"u8, ReplyReaders.Int64, cancellationToken, key, element);

    /// <summary>LPUSH: the new length. The last element becomes the head.</summary>
    public ValueTask<long> LPushAsync(RedisKey key, ReadOnlySpan<RedisValue> elements, CancellationToken cancellationToken = default) =>
        ValuesAsync("LPUSH"u8, CommandTraits.None, key, elements, ReplyReaders.Int64, cancellationToken);

    /// <summary>RPUSH: the new length.</summary>
    public ValueTask<long> RPushAsync(RedisKey key, RedisValue element, CancellationToken cancellationToken = default) =>
        WriteAsync("RPUSH"u8, ReplyReaders.Int64, cancellationToken, key, element);

    /// <summary>RPUSH: the new length. The last element becomes the tail.</summary>
    public ValueTask<long> RPushAsync(RedisKey key, ReadOnlySpan<RedisValue> elements, CancellationToken cancellationToken = default) =>
        ValuesAsync("RPUSH"u8, CommandTraits.None, key, elements, ReplyReaders.Int64, cancellationToken);

    /// <summary>LPUSHX: the new length; 0 when there is no list, which then is not made.</summary>
    public ValueTask<long> LPushXAsync(RedisKey key, ReadOnlySpan<RedisValue> elements, CancellationToken cancellationToken = default) =>
        ValuesAsync("LPUSHX"u8, CommandTraits.None, key, elements, ReplyReaders.Int64, cancellationToken);

    /// <summary>RPUSHX: the new length; 0 when there is no list, which then is not made.</summary>
    public ValueTask<long> RPushXAsync(RedisKey key, ReadOnlySpan<RedisValue> elements, CancellationToken cancellationToken = default) =>
        ValuesAsync("RPUSHX"u8, CommandTraits.None, key, elements, ReplyReaders.Int64, cancellationToken);

    /// <summary>LPOP: the head as text; null when there is none.</summary>
    public ValueTask<string?> LPopAsync(
        RedisKey key, CancellationToken cancellationToken = default) => LPopAsync<string>(key, cancellationToken);

    /// <summary>LPOP: the head as a <typeparamref name="T"/>.</summary>
    public ValueTask<T?> LPopAsync<T>(RedisKey key, CancellationToken cancellationToken = default) =>
        WriteAsync<T?>("LPOP"u8, ReplyReaderFor<T>.Default!, cancellationToken, key);

    /// <summary>LPOP: at most so many from the head on; empty when there is no list.</summary>
    public ValueTask<string[]> LPopAsync(RedisKey key, long count, CancellationToken cancellationToken = default) =>
        WriteAsync("LPOP"u8, ReplyReaderFor<string>.Array, cancellationToken, key, count);

    /// <summary>RPOP: the tail as text; null when there is none.</summary>
    public ValueTask<string?> RPopAsync(
        RedisKey key, CancellationToken cancellationToken = default) => RPopAsync<string>(key, cancellationToken);

    /// <summary>RPOP: the tail as a <typeparamref name="T"/>.</summary>
    public ValueTask<T?> RPopAsync<T>(RedisKey key, CancellationToken cancellationToken = default) =>
        WriteAsync<T?>("RPOP"u8, ReplyReaderFor<T>.Default!, cancellationToken, key);

    /// <summary>RPOP: at most so many from the tail on; empty when there is no list.</summary>
    public ValueTask<string[]> RPopAsync(RedisKey key, long count, CancellationToken cancellationToken = default) =>
        WriteAsync("RPOP"u8, ReplyReaderFor<string>.Array, cancellationToken, key, count);

    /// <summary>
    /// LRANGE: the elements from <paramref name="start"/> to <paramref name="stop"/>, both included; negative ones count from the tail.
    /// </summary>
    public ValueTask<string[]> LRangeAsync(RedisKey key, long start = 0, long stop = -1, CancellationToken cancellationToken = default) =>
        LRangeAsync<string>(key, start, stop, cancellationToken);

    /// <summary>LRANGE, the elements as <typeparamref name="T"/>.</summary>
    public ValueTask<T[]> LRangeAsync<T>(RedisKey key, long start = 0, long stop = -1, CancellationToken cancellationToken = default) =>
        ReadAsync("LRANGE"u8, ReplyReaderFor<T>.Array, cancellationToken, key, start, stop);

    /// <summary>LLEN: how many elements there are.</summary>
    public ValueTask<long> LLenAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("LLEN"u8, ReplyReaders.Int64, cancellationToken, key);

    /// <summary>LINDEX: the element there as text; null when there is none.</summary>
    public ValueTask<string?> LIndexAsync(RedisKey key, long index, CancellationToken cancellationToken = default) =>
        LIndexAsync<string>(key, index, cancellationToken);

    /// <summary>LINDEX: the element there as a <typeparamref name="T"/>.</summary>
    public ValueTask<T?> LIndexAsync<T>(RedisKey key, long index, CancellationToken cancellationToken = default) =>
        ReadAsync<T?>("LINDEX"u8, ReplyReaderFor<T>.Default!, cancellationToken, key, index);

    /// <summary>LSET: replaces the element there.</summary>
    /// <exception cref="RedisServerException">There is no such index, or no list.</exception>
    public ValueTask<bool> LSetAsync(RedisKey key, long index, RedisValue element, CancellationToken cancellationToken = default) =>
        WriteAsync("LSET"u8, ReplyReaders.Ok, cancellationToken, key, index, element);

    /// <summary>LINSERT BEFORE: the new length; -1 when <paramref name="pivot"/> is not in the list, 0 when there is none.</summary>
    public ValueTask<long> LInsertBeforeAsync(
        RedisKey key, RedisValue pivot, RedisValue element, CancellationToken cancellationToken = default) =>
        WriteAsync("LINSERT"u8, ReplyReaders.Int64, cancellationToken, key, "BEFORE", pivot, element);

    /// <summary>LINSERT AFTER: the new length; -1 when <paramref name="pivot"/> is not in the list, 0 when there is none.</summary>
    public ValueTask<long> LInsertAfterAsync(
        RedisKey key, RedisValue pivot, RedisValue element, CancellationToken cancellationToken = default) =>
        WriteAsync("LINSERT"u8, ReplyReaders.Int64, cancellationToken, key, "AFTER", pivot, element);

    /// <summary>
    /// LREM: how many were removed. A positive <paramref name="count"/> begins at the head, a negative one at the tail, 0 means all.
    /// </summary>
    public ValueTask<long> LRemAsync(RedisKey key, long count, RedisValue element, CancellationToken cancellationToken = default) =>
        WriteAsync("LREM"u8, ReplyReaders.Int64, cancellationToken, key, count, element);

    /// <summary>LTRIM: keeps the elements from <paramref name="start"/> to <paramref name="stop"/>, both included.</summary>
    public ValueTask<bool> LTrimAsync(RedisKey key, long start, long stop, CancellationToken cancellationToken = default) =>
        WriteAsync("LTRIM"u8, ReplyReaders.Ok, cancellationToken, key, start, stop);

    /// <summary>LPOS: the index of the first such element; null when there is none.</summary>
    public ValueTask<long?> LPosAsync(RedisKey key, RedisValue element, CancellationToken cancellationToken = default) =>
        ReadAsync("LPOS"u8, ReplyReaders.NullableInt64, cancellationToken, key, element);

    /// <summary>LPOS ... COUNT: the indexes of such elements.</summary>
    /// <param name="key">The list.</param>
    /// <param name="element">What to look for.</param>
    /// <param name="count">At most so many; 0 for all.</param>
    /// <param name="rank">1 for the first match on, 2 for the second ...; negative ones look from the tail. Default: 1.</param>
    /// <param name="maxLength">Looks at so many elements only. Default: 0, all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<long[]> LPosAsync(
        RedisKey key, RedisValue element, long count, long rank = 1, long maxLength = 0, CancellationToken cancellationToken = default) =>
        ReadAsync(
            "LPOS"u8, ReplyReaderFor<long>.Array, cancellationToken, key, element, "RANK", rank, "COUNT", count, "MAXLEN", maxLength);

    /// <summary>
    /// LMOVE: takes from one end of a list and puts it to one end of another (or the same); the element, null when there is none.
    /// </summary>
    public ValueTask<string?> LMoveAsync(
        RedisKey source, RedisKey destination, ListSide from, ListSide to, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("LMOVE"u8);
        command.Add(source);
        command.Add(destination);
        command.Add(from);
        command.Add(to);
        return SendAsync(ref command, ReplyReaders.NullableText, cancellationToken);
    }

    /// <summary>LMPOP: elements of the first of the lists that has any; null when none has.</summary>
    public ValueTask<PoppedElements?> LMPopAsync(
        ReadOnlySpan<RedisKey> keys, ListSide side, long count = 1, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("LMPOP"u8);
        command.AddCounted(keys);
        command.Add(side);
        command.AddIf("COUNT"u8, count);
        return SendAsync(ref command, ListReplies.Popped, cancellationToken);
    }
}
