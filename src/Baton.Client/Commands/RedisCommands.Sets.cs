namespace Baton.Client;

/// <summary>Sets.</summary>
public abstract partial class RedisCommands
{
    /// <summary>SADD: true when the member is new.</summary>
    public ValueTask<bool> SAddAsync(RedisKey key, RedisValue member, CancellationToken cancellationToken = default) =>
        WriteAsync("SADD"u8, KeyReplies.AnyDone, cancellationToken, key, member);

    /// <summary>SADD: how many of the members are new.</summary>
    public ValueTask<long> SAddAsync(RedisKey key, ReadOnlySpan<RedisValue> members, CancellationToken cancellationToken = default) =>
        ValuesAsync("SADD"u8, CommandTraits.None, key, members, ReplyReaders.Int64, cancellationToken);

    /// <summary>SREM: whether the member was there.</summary>
    public ValueTask<bool> SRemAsync(RedisKey key, RedisValue member, CancellationToken cancellationToken = default) =>
        WriteAsync("SREM"u8, KeyReplies.AnyDone, cancellationToken, key, member);

    /// <summary>SREM: how many of the members were there.</summary>
    public ValueTask<long> SRemAsync(RedisKey key, ReadOnlySpan<RedisValue> members, CancellationToken cancellationToken = default) =>
        ValuesAsync("SREM"u8, CommandTraits.None, key, members, ReplyReaders.Int64, cancellationToken);

    /// <summary>SISMEMBER: whether the member is there.</summary>
    public ValueTask<bool> SIsMemberAsync(RedisKey key, RedisValue member, CancellationToken cancellationToken = default) =>
        ReadAsync("SISMEMBER"u8, ReplyReaders.Boolean, cancellationToken, key, member);

    /// <summary>SMISMEMBER: whether each of the members is there, in order.</summary>
    public ValueTask<bool[]> SMIsMemberAsync(
        RedisKey key, ReadOnlySpan<RedisValue> members, CancellationToken cancellationToken = default) =>
        ValuesAsync("SMISMEMBER"u8, CommandTraits.ReadOnly, key, members, ReplyReaderFor<bool>.Array, cancellationToken);

    /// <summary>SMEMBERS: all members, in no order.</summary>
    public ValueTask<string[]> SMembersAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        SMembersAsync<string>(key, cancellationToken);

    /// <summary>SMEMBERS, as <typeparamref name="T"/>.</summary>
    public ValueTask<T[]> SMembersAsync<T>(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("SMEMBERS"u8, ReplyReaderFor<T>.Array, cancellationToken, key);

    /// <summary>SCARD: how many members there are.</summary>
    public ValueTask<long> SCardAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("SCARD"u8, ReplyReaders.Int64, cancellationToken, key);

    /// <summary>SPOP: takes some member; null when there is none.</summary>
    public ValueTask<string?> SPopAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        WriteAsync("SPOP"u8, ReplyReaders.NullableText, cancellationToken, key);

    /// <summary>SPOP: takes at most so many members.</summary>
    public ValueTask<string[]> SPopAsync(RedisKey key, long count, CancellationToken cancellationToken = default) =>
        WriteAsync("SPOP"u8, ReplyReaderFor<string>.Array, cancellationToken, key, count);

    /// <summary>SRANDMEMBER: some member; null when there is none.</summary>
    public ValueTask<string?> SRandMemberAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("SRANDMEMBER"u8, ReplyReaders.NullableText, cancellationToken, key);

    /// <summary>SRANDMEMBER: some members. A negative <paramref name="count"/> allows the same one several times.</summary>
    public ValueTask<string[]> SRandMemberAsync(RedisKey key, long count, CancellationToken cancellationToken = default) =>
        ReadAsync("SRANDMEMBER"u8, ReplyReaderFor<string>.Array, cancellationToken, key, count);

    /// <summary>SMOVE: false when the member is not in <paramref name="source"/>.</summary>
    public ValueTask<bool> SMoveAsync(
        RedisKey source, RedisKey destination, RedisValue member, CancellationToken cancellationToken = default) =>
        WriteAsync("SMOVE"u8, ReplyReaders.Boolean, cancellationToken, source, destination, member);

    /// <summary>SUNION: what is in any of the sets.</summary>
    public ValueTask<string[]> SUnionAsync(ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        OnKeysAsync("SUNION"u8, CommandTraits.ReadOnly, keys, ReplyReaderFor<string>.Array, cancellationToken);

    /// <summary>SINTER: what is in all of the sets.</summary>
    public ValueTask<string[]> SInterAsync(ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        OnKeysAsync("SINTER"u8, CommandTraits.ReadOnly, keys, ReplyReaderFor<string>.Array, cancellationToken);

    /// <summary>SDIFF: what is in the first of the sets and in no other.</summary>
    public ValueTask<string[]> SDiffAsync(ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        OnKeysAsync("SDIFF"u8, CommandTraits.ReadOnly, keys, ReplyReaderFor<string>.Array, cancellationToken);

    /// <summary>SUNIONSTORE: how many members <paramref name="destination"/> has now.</summary>
    public ValueTask<long> SUnionStoreAsync(
        RedisKey destination, ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        StoreAsync("SUNIONSTORE"u8, destination, keys, cancellationToken);

    /// <summary>SINTERSTORE: how many members <paramref name="destination"/> has now.</summary>
    public ValueTask<long> SInterStoreAsync(
        RedisKey destination, ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        StoreAsync("SINTERSTORE"u8, destination, keys, cancellationToken);

    /// <summary>SDIFFSTORE: how many members <paramref name="destination"/> has now.</summary>
    public ValueTask<long> SDiffStoreAsync(
        RedisKey destination, ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        StoreAsync("SDIFFSTORE"u8, destination, keys, cancellationToken);

    /// <summary>SINTERCARD: how many members are in all of the sets, counting to <paramref name="limit"/> at most (0: all).</summary>
    public ValueTask<long> SInterCardAsync(ReadOnlySpan<RedisKey> keys, long limit = 0, CancellationToken cancellationToken = default) =>
        CountedKeysAsync("SINTERCARD"u8, CommandTraits.ReadOnly, keys, ReplyReaders.Int64, cancellationToken, "LIMIT", limit);
}
