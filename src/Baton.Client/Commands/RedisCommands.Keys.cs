namespace Baton.Client;

/// <summary>Keys of any type.</summary>
public abstract partial class RedisCommands
{
    /// <summary>DEL: whether it was there.</summary>
    public ValueTask<bool> DelAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        WriteAsync("DEL"u8, KeyReplies.AnyDone, cancellationToken, key);

    /// <summary>DEL: how many of them were there.</summary>
    public ValueTask<long> DelAsync(ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        OnKeysAsync("DEL"u8, CommandTraits.None, keys, ReplyReaders.Int64, cancellationToken);

    /// <summary>UNLINK: whether it was there; its memory is given back later.</summary>
    public ValueTask<bool> UnlinkAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        WriteAsync("UNLINK"u8, KeyReplies.AnyDone, cancellationToken, key);

    /// <summary>UNLINK: how many of them were there; their memory is given back later.</summary>
    public ValueTask<long> UnlinkAsync(ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        OnKeysAsync("UNLINK"u8, CommandTraits.None, keys, ReplyReaders.Int64, cancellationToken);

    /// <summary>EXISTS: whether it is there.</summary>
    public ValueTask<bool> ExistsAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("EXISTS"u8, KeyReplies.AnyDone, cancellationToken, key);

    /// <summary>EXISTS: how many of them are there; one named twice counts twice.</summary>
    public ValueTask<long> ExistsAsync(ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        OnKeysAsync("EXISTS"u8, CommandTraits.ReadOnly, keys, ReplyReaders.Int64, cancellationToken);

    /// <summary>TOUCH: how many of them are there; they count as used just now.</summary>
    public ValueTask<long> TouchAsync(ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        OnKeysAsync("TOUCH"u8, CommandTraits.ReadOnly, keys, ReplyReaders.Int64, cancellationToken);

    /// <summary>
    /// TYPE: <c>string</c>, <c>list</c>, <c>set</c>, <c>zset</c>, <c>hash</c>, <c>stream</c>, a module's type, or <c>none</c>.
    /// </summary>
    public ValueTask<string> TypeAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("TYPE"u8, ReplyReaders.Text, cancellationToken, key);

    /// <summary>RENAME: an existing <paramref name="newKey"/> is replaced.</summary>
    /// <exception cref="RedisServerException">There is no such key.</exception>
    public ValueTask<bool> RenameAsync(RedisKey key, RedisKey newKey, CancellationToken cancellationToken = default) =>
        WriteAsync("RENAME"u8, ReplyReaders.Ok, cancellationToken, key, newKey);

    /// <summary>RENAMENX: false when <paramref name="newKey"/> is there already.</summary>
    public ValueTask<bool> RenameNxAsync(RedisKey key, RedisKey newKey, CancellationToken cancellationToken = default) =>
        WriteAsync("RENAMENX"u8, ReplyReaders.Boolean, cancellationToken, key, newKey);

    /// <summary>COPY: whether it was copied.</summary>
    /// <param name="source">The key.</param>
    /// <param name="destination">The new key.</param>
    /// <param name="replace">Whether an existing destination is replaced. Default: no.</param>
    /// <param name="database">The destination's database. Default: the same.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<bool> CopyAsync(
        RedisKey source, RedisKey destination, bool replace = false, int? database = null, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("COPY"u8);
        command.Add(source);
        command.Add(destination);
        command.AddIf("DB"u8, database);
        command.AddIf(replace, "REPLACE"u8);
        return SendAsync(ref command, ReplyReaders.Boolean, cancellationToken);
    }

    /// <summary>MOVE: to another database; false when it is there already, or here not.</summary>
    public ValueTask<bool> MoveAsync(RedisKey key, int database, CancellationToken cancellationToken = default) =>
        WriteAsync("MOVE"u8, ReplyReaders.Boolean, cancellationToken, key, database);

    /// <summary>DUMP: the value in the server's own form, for <see cref="RestoreAsync"/>; null when there is none.</summary>
    public ValueTask<byte[]?> DumpAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("DUMP"u8, ReplyReaders.NullableBytes, cancellationToken, key);

    /// <summary>RESTORE: writes what <see cref="DumpAsync"/> gave.</summary>
    /// <param name="key">The key.</param>
    /// <param name="dump">The value.</param>
    /// <param name="timeToLive">When it ends. Default: never.</param>
    /// <param name="replace">Whether an existing key is replaced; else it is an error (BUSYKEY). Default: no.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<bool> RestoreAsync(
        RedisKey key,
        ReadOnlyMemory<byte> dump,
        TimeSpan? timeToLive = null,
        bool replace = false,
        CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("RESTORE"u8);
        command.Add(key);
        command.AddInteger((long)(timeToLive ?? TimeSpan.Zero).TotalMilliseconds);
        command.AddBytes(dump.Span);
        command.AddIf(replace, "REPLACE"u8);
        return SendAsync(ref command, ReplyReaders.Ok, cancellationToken);
    }

    /// <summary>OBJECT ENCODING: how the server stores it; null when there is none.</summary>
    public ValueTask<string?> ObjectEncodingAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("OBJECT"u8, ReplyReaders.NullableText, cancellationToken, "ENCODING", key);

    /// <summary>OBJECT FREQ: how often it is used (logarithmic), with an LFU eviction policy; null when there is none.</summary>
    public ValueTask<long?> ObjectFreqAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("OBJECT"u8, ReplyReaders.NullableInt64, cancellationToken, "FREQ", key);

    /// <summary>OBJECT IDLETIME: since when nobody used it, in whole seconds; null when there is none.</summary>
    public ValueTask<TimeSpan?> ObjectIdleTimeAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("OBJECT"u8, KeyReplies.Seconds, cancellationToken, "IDLETIME", key);

    /// <summary>OBJECT REFCOUNT; null when there is none.</summary>
    public ValueTask<long?> ObjectRefCountAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("OBJECT"u8, ReplyReaders.NullableInt64, cancellationToken, "REFCOUNT", key);

    /// <summary>RANDOMKEY: null when the database is empty.</summary>
    public ValueTask<string?> RandomKeyAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("RANDOMKEY"u8, ReplyReaders.NullableText, cancellationToken);

    /// <summary>
    /// KEYS: all keys that match. Blocks the server for as long as it takes: use <see cref="ScanAsync"/> on anything but small databases.
    /// </summary>
    public ValueTask<string[]> KeysAsync(RedisValue pattern, CancellationToken cancellationToken = default) =>
        ReadAsync("KEYS"u8, ReplyReaderFor<string>.Array, cancellationToken, pattern);

    /// <summary>SORT: the sorted elements; null for what a GET pattern does not find.</summary>
    public ValueTask<string?[]> SortAsync(RedisKey key, SortOptions? options = null, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("SORT"u8, CommandTraits.ReadOnly);
        command.Add(key);
        options?.WriteTo(ref command);
        return SendAsync<string?[]>(ref command, ReplyReaderFor<string>.Array, cancellationToken);
    }

    /// <summary>SORT ... STORE: how many elements the list at <paramref name="destination"/> has now.</summary>
    public ValueTask<long> SortAndStoreAsync(
        RedisKey destination, RedisKey key, SortOptions? options = null, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("SORT"u8);
        command.Add(key);
        options?.WriteTo(ref command);
        command.AddBytes("STORE"u8);
        command.Add(destination);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }
}
