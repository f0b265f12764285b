namespace Baton.Client;

/// <summary>Strings: reading and writing whole values.</summary>
public abstract partial class RedisCommands
{
    /// <summary>GET: the value as text; null when there is none.</summary>
    public ValueTask<string?> GetAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        GetAsync(key, ReplyReaders.NullableText, cancellationToken);

    /// <summary>GET: the value as bytes; null when there is none.</summary>
    public ValueTask<byte[]?> GetBytesAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        GetAsync(key, ReplyReaders.NullableBytes, cancellationToken);

    /// <summary>
    /// GET: the value as a <typeparamref name="T"/> (string, byte[], long, int, double, bool; nullable where it may be missing).
    /// </summary>
    /// <exception cref="RedisReplyException">The value is no <typeparamref name="T"/>, or there is none and the type has no null.</exception>
    public ValueTask<T?> GetAsync<T>(RedisKey key, CancellationToken cancellationToken = default) =>
        GetAsync<T?>(key, ReplyReaderFor<T>.Default!, cancellationToken);

    /// <summary>GET into the caller's memory: the value's length in bytes, -1 when there is none. Nothing is allocated.</summary>
    /// <param name="key">The key.</param>
    /// <param name="destination">
    /// Where the value goes. It is written only while the command has not ended: after a cancellation or a timeout it is the caller's again.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RedisReplyException">The value is longer than the memory; the text says both lengths. Nothing was written.</exception>
    public ValueTask<int> GetAsync(RedisKey key, Memory<byte> destination, CancellationToken cancellationToken = default) =>
        GetAsync(key, MemoryReplyReader.Rent(destination), cancellationToken);

    /// <summary>SET: true (the server always does it).</summary>
    public ValueTask<bool> SetAsync(RedisKey key, RedisValue value, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("SET"u8);
        command.Add(key);
        command.Add(value);
        return SendAsync(ref command, ReplyReaders.Ok, cancellationToken);
    }

    /// <summary>SET with NX or XX: whether it was written.</summary>
    public ValueTask<bool> SetAsync(RedisKey key, RedisValue value, SetWhen when, CancellationToken cancellationToken = default) =>
        SetAsync(key, value, default, when, cancellationToken);

    /// <summary>SET with an end (EX, PX, EXAT, PXAT, KEEPTTL) and a condition (NX, XX): whether it was written.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="expiry">When the value ends: a <see cref="TimeSpan"/>, a <see cref="DateTimeOffset"/>, or <see cref="Expiry.Keep"/>.</param>
    /// <param name="when">The condition. Default: none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<bool> SetAsync(
        RedisKey key, RedisValue value, Expiry expiry, SetWhen when = SetWhen.Always, CancellationToken cancellationToken = default)
    {
        var command = BeginSet(key, value, expiry, when);
        return SendAsync(ref command, ReplyReaders.Ok, cancellationToken);
    }

    /// <summary>SET ... GET: the value that was there before, null when there was none. With NX it needs Redis 7.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="expiry">When the value ends. Default: never.</param>
    /// <param name="when">The condition. Default: none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<string?> SetGetAsync(
        RedisKey key,
        RedisValue value,
        Expiry expiry = default,
        SetWhen when = SetWhen.Always,
        CancellationToken cancellationToken = default) => SetGetAsync<string>(key, value, expiry, when, cancellationToken);

    /// <summary>SET ... GET: the value that was there before, as a <typeparamref name="T"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="expiry">When the value ends. Default: never.</param>
    /// <param name="when">The condition. Default: none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<T?> SetGetAsync<T>(
        RedisKey key,
        RedisValue value,
        Expiry expiry = default,
        SetWhen when = SetWhen.Always,
        CancellationToken cancellationToken = default)
    {
        var command = BeginSet(key, value, expiry, when);
        command.AddBytes("GET"u8);
        return SendAsync<T?>(ref command, ReplyReaderFor<T>.Default!, cancellationToken);
    }

    /// <summary>GETEX: the value as text (null when there is none), and changes its end.</summary>
    public ValueTask<string?> GetExAsync(RedisKey key, Expiry expiry, CancellationToken cancellationToken = default) =>
        GetExAsync<string>(key, expiry, cancellationToken);

    /// <summary>GETEX: the value as a <typeparamref name="T"/>, and changes its end.</summary>
    public ValueTask<T?> GetExAsync<T>(RedisKey key, Expiry expiry, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("GETEX"u8);
        command.Add(key);
        expiry.WriteForReadTo(ref command);
        return SendAsync<T?>(ref command, ReplyReaderFor<T>.Default!, cancellationToken);
    }

    /// <summary>GETDEL: the value as text (null when there is none), and deletes it.</summary>
    public ValueTask<string?> GetDelAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        GetDelAsync<string>(key, cancellationToken);

    /// <summary>GETDEL: the value as a <typeparamref name="T"/>, and deletes it.</summary>
    public ValueTask<T?> GetDelAsync<T>(RedisKey key, CancellationToken cancellationToken = default) =>
        WriteAsync<T?>("GETDEL"u8, ReplyReaderFor<T>.Default!, cancellationToken, key);

    /// <summary>MGET: the values in the keys' order, null for missing ones.</summary>
    public ValueTask<string?[]> MGetAsync(ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        MGetAsync<string>(keys, cancellationToken)!;

    /// <summary>
    /// MGET: the values in the keys' order. Missing ones are null: <typeparamref name="T"/> must have one when that can be.
    /// </summary>
    public ValueTask<T?[]> MGetAsync<T>(ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        OnKeysAsync<T?[]>("MGET"u8, CommandTraits.ReadOnly, keys, ReplyReaderFor<T>.Array!, cancellationToken);

    /// <summary>MSET: all at once: <c>MSetAsync([("a", 1), ("b", "x")])</c></summary>
    public ValueTask<bool> MSetAsync(ReadOnlySpan<(RedisKey Key, RedisValue Value)> pairs, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("MSET"u8);
        command.AddPairs(pairs);
        return SendAsync(ref command, ReplyReaders.Ok, cancellationToken);
    }

    /// <summary>MSETNX: all or none; false when one of the keys is there already.</summary>
    public ValueTask<bool> MSetNxAsync(
        ReadOnlySpan<(RedisKey Key, RedisValue Value)> pairs, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("MSETNX"u8);
        command.AddPairs(pairs);
        return SendAsync(ref command, ReplyReaders.Boolean, cancellationToken);
    }

    private ValueTask<T> GetAsync<T>(RedisKey key, ReplyReader<T> reader, CancellationToken cancellationToken)
    {
        var command = CommandWriter.Begin("GET"u8, CommandTraits.ReadOnly);
        command.Add(key);
        return SendAsync(ref command, reader, cancellationToken);
    }

    private static CommandWriter BeginSet(RedisKey key, RedisValue value, Expiry expiry, SetWhen when)
    {
        var command = CommandWriter.Begin("SET"u8);
        command.Add(key);
        command.Add(value);
        expiry.WriteTo(ref command);
        command.Add(when);
        return command;
    }
}
