namespace Baton.Client;

/// <summary>Hashes.</summary>
public abstract partial class RedisCommands
{
    /// <summary>HGET: the field's value as text; null when there is none.</summary>
    public ValueTask<string?> HGetAsync(RedisKey key, RedisValue field, CancellationToken cancellationToken = default) =>
        ReadAsync("HGET"u8, ReplyReaders.NullableText, cancellationToken, key, field);

    /// <summary>HGET: the field's value as a <typeparamref name="T"/>.</summary>
    public ValueTask<T?> HGetAsync<T>(RedisKey key, RedisValue field, CancellationToken cancellationToken = default) =>
        ReadAsync<T?>("HGET"u8, ReplyReaderFor<T>.Default!, cancellationToken, key, field);

    /// <summary>HSET: true when the field is new.</summary>
    public ValueTask<bool> HSetAsync(RedisKey key, RedisValue field, RedisValue value, CancellationToken cancellationToken = default) =>
        WriteAsync("HSET"u8, KeyReplies.AnyDone, cancellationToken, key, field, value);

    /// <summary>HSET: how many of the fields are new: <c>HSetAsync("h", [("name", "x"), ("age", 7)])</c></summary>
    public ValueTask<long> HSetAsync(
        RedisKey key, ReadOnlySpan<(RedisValue Field, RedisValue Value)> fields, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("HSET"u8);
        command.Add(key);
        command.AddPairs(fields);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary>HSETNX: false when the field is there already.</summary>
    public ValueTask<bool> HSetNxAsync(RedisKey key, RedisValue field, RedisValue value, CancellationToken cancellationToken = default) =>
        WriteAsync("HSETNX"u8, ReplyReaders.Boolean, cancellationToken, key, field, value);

    /// <summary>HMGET: the values in the fields' order, null for missing ones.</summary>
    public ValueTask<string?[]> HMGetAsync(
        RedisKey key, ReadOnlySpan<RedisValue> fields, CancellationToken cancellationToken = default) =>
        HMGetAsync<string>(key, fields, cancellationToken);

    /// <summary>
    /// HMGET: the values in the fields' order. Missing ones are null: <typeparamref name="T"/> must have one when that can be.
    /// </summary>
    public ValueTask<T?[]> HMGetAsync<T>(RedisKey key, ReadOnlySpan<RedisValue> fields, CancellationToken cancellationToken = default) =>
        ValuesAsync<T?[]>("HMGET"u8, CommandTraits.ReadOnly, key, fields, ReplyReaderFor<T>.Array!, cancellationToken);

    /// <summary>HGETALL: all fields; empty when there is no hash.</summary>
    public ValueTask<Dictionary<string, string>> HGetAllAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        HGetAllAsync<string>(key, cancellationToken);

    /// <summary>HGETALL: all fields, their values as <typeparamref name="T"/>.</summary>
    public ValueTask<Dictionary<string, T>> HGetAllAsync<T>(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("HGETALL"u8, HashReplies<T>.Fields, cancellationToken, key);

    /// <summary>HDEL: whether the field was there.</summary>
    public ValueTask<bool> HDelAsync(RedisKey key, RedisValue field, CancellationToken cancellationToken = default) =>
        WriteAsync("HDEL"u8, KeyReplies.AnyDone, cancellationToken, key, field);

    /// <summary>HDEL: how many of the fields were there.</summary>
    public ValueTask<long> HDelAsync(RedisKey key, ReadOnlySpan<RedisValue> fields, CancellationToken cancellationToken = default) =>
        ValuesAsync("HDEL"u8, CommandTraits.None, key, fields, ReplyReaders.Int64, cancellationToken);

    /// <summary>HEXISTS: whether the field is there.</summary>
    public ValueTask<bool> HExistsAsync(RedisKey key, RedisValue field, CancellationToken cancellationToken = default) =>
        ReadAsync("HEXISTS"u8, ReplyReaders.Boolean, cancellationToken, key, field);

    /// <summary>HLEN: how many fields there are.</summary>
    public ValueTask<long> HLenAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("HLEN"u8, ReplyReaders.Int64, cancellationToken, key);

    /// <summary>HSTRLEN: the length of the field's value in bytes; 0 when there is none.</summary>
    public ValueTask<long> HStrLenAsync(RedisKey key, RedisValue field, CancellationToken cancellationToken = default) =>
        ReadAsync("HSTRLEN"u8, ReplyReaders.Int64, cancellationToken, key, field);

    /// <summary>HKEYS: the names of the fields.</summary>
    public ValueTask<string[]> HKeysAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("HKEYS"u8, ReplyReaderFor<string>.Array, cancellationToken, key);

    /// <summary>HVALS: the values of the fields.</summary>
    public ValueTask<string[]> HValsAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        HValsAsync<string>(key, cancellationToken);

    /// <summary>HVALS: the values of the fields as <typeparamref name="T"/>.</summary>
    public ValueTask<T[]> HValsAsync<T>(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("HVALS"u8, ReplyReaderFor<T>.Array, cancellationToken, key);

    /// <summary>HINCRBY: the new number.</summary>
    public ValueTask<long> HIncrByAsync(RedisKey key, RedisValue field, long increment, CancellationToken cancellationToken = default) =>
        WriteAsync("HINCRBY"u8, ReplyReaders.Int64, cancellationToken, key, field, increment);

    /// <summary>HINCRBYFLOAT: the new number.</summary>
    public ValueTask<double> HIncrByFloatAsync(
        RedisKey key, RedisValue field, double increment, CancellationToken cancellationToken = default) =>
        WriteAsync("HINCRBYFLOAT"u8, ReplyReaders.Double, cancellationToken, key, field, increment);

    /// <summary>HRANDFIELD: one field's name; null when there is no hash.</summary>
    public ValueTask<string?> HRandFieldAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("HRANDFIELD"u8, ReplyReaders.NullableText, cancellationToken, key);

    /// <summary>HRANDFIELD: names of fields. A negative <paramref name="count"/> allows the same one several times.</summary>
    public ValueTask<string[]> HRandFieldAsync(RedisKey key, long count, CancellationToken cancellationToken = default) =>
        ReadAsync("HRANDFIELD"u8, ReplyReaderFor<string>.Array, cancellationToken, key, count);

    /// <summary>HRANDFIELD ... WITHVALUES.</summary>
    public ValueTask<KeyValuePair<string, string>[]> HRandFieldWithValuesAsync(
        RedisKey key, long count, CancellationToken cancellationToken = default) =>
        ReadAsync("HRANDFIELD"u8, HashReplies<string>.Pairs, cancellationToken, key, count, "WITHVALUES");
}
