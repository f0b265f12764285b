namespace Baton.Client;

/// <summary>Hash fields that end by themselves (Redis 7.4; HGETDEL, HGETEX, HSETEX: Redis 8).</summary>
public abstract partial class RedisCommands
{
    /// <summary>HPEXPIRE: sets when fields end; what came of each field, in order. Empty when there is no hash.</summary>
    public ValueTask<HashFieldExpiry[]> HExpireAsync(
        RedisKey key,
        TimeSpan time,
        ReadOnlySpan<RedisValue> fields,
        ExpireWhen when = ExpireWhen.Always,
        CancellationToken cancellationToken = default) =>
        HExpireAsync("HPEXPIRE"u8, key, (long)time.TotalMilliseconds, fields, when, cancellationToken);

    /// <summary>HPEXPIREAT: the same at a time of the server's clock.</summary>
    public ValueTask<HashFieldExpiry[]> HExpireAtAsync(
        RedisKey key,
        DateTimeOffset time,
        ReadOnlySpan<RedisValue> fields,
        ExpireWhen when = ExpireWhen.Always,
        CancellationToken cancellationToken = default) =>
        HExpireAsync("HPEXPIREAT"u8, key, time.ToUnixTimeMilliseconds(), fields, when, cancellationToken);

    /// <summary>HPERSIST: removes the end of fields; what came of each field, in order.</summary>
    public ValueTask<HashFieldExpiry[]> HPersistAsync(
        RedisKey key, ReadOnlySpan<RedisValue> fields, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("HPERSIST"u8);
        command.Add(key);
        AddFields(ref command, fields);
        return SendAsync(ref command, HashFieldReplies.Expiries, cancellationToken);
    }

    /// <summary>
    /// HPTTL: the time left of each field; <see cref="Timeout.InfiniteTimeSpan"/> when it does not end, null when it is not there.
    /// </summary>
    public ValueTask<TimeSpan?[]> HTtlAsync(RedisKey key, ReadOnlySpan<RedisValue> fields, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("HPTTL"u8, CommandTraits.ReadOnly);
        command.Add(key);
        AddFields(ref command, fields);
        return SendAsync(ref command, HashFieldReplies.TimesToLive, cancellationToken);
    }

    /// <summary>
    /// HPEXPIRETIME: when each field ends; <see cref="DateTimeOffset.MaxValue"/> when it does not, null when it is not there.
    /// </summary>
    public ValueTask<DateTimeOffset?[]> HExpireTimeAsync(
        RedisKey key, ReadOnlySpan<RedisValue> fields, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("HPEXPIRETIME"u8, CommandTraits.ReadOnly);
        command.Add(key);
        AddFields(ref command, fields);
        return SendAsync(ref command, HashFieldReplies.EndTimes, cancellationToken);
    }

    /// <summary>HGETDEL: the fields' values (null for missing ones), and deletes the fields.</summary>
    public ValueTask<string?[]> HGetDelAsync(RedisKey key, ReadOnlySpan<RedisValue> fields, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("HGETDEL"u8);
        command.Add(key);
        AddFields(ref command, fields);
        return SendAsync<string?[]>(ref command, ReplyReaderFor<string>.Array, cancellationToken);
    }

    /// <summary>HGETEX: the fields' values (null for missing ones), and changes their end.</summary>
    public ValueTask<string?[]> HGetExAsync(
        RedisKey key, Expiry expiry, ReadOnlySpan<RedisValue> fields, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("HGETEX"u8);
        command.Add(key);
        expiry.WriteForReadTo(ref command);
        AddFields(ref command, fields);
        return SendAsync<string?[]>(ref command, ReplyReaderFor<string>.Array, cancellationToken);
    }

    /// <summary>HSETEX: writes fields and their end, all or (the condition not met) none; whether it did.</summary>
    /// <param name="key">The hash.</param>
    /// <param name="expiry">When the fields end.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="when">Only when none of the fields (FNX), or all of them (FXX) are there. Default: always.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<bool> HSetExAsync(
        RedisKey key,
        Expiry expiry,
        ReadOnlySpan<(RedisValue Field, RedisValue Value)> fields,
        SetWhen when = SetWhen.Always,
        CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("HSETEX"u8);
        command.Add(key);
        command.AddIf(when == SetWhen.NotExists, "FNX"u8);
        command.AddIf(when == SetWhen.Exists, "FXX"u8);
        expiry.WriteTo(ref command);
        command.AddBytes("FIELDS"u8);
        command.AddInteger(fields.Length);
        command.AddPairs(fields);
        return SendAsync(ref command, ReplyReaders.Boolean, cancellationToken);
    }

    private ValueTask<HashFieldExpiry[]> HExpireAsync(
        scoped ReadOnlySpan<byte> name,
        RedisKey key,
        long milliseconds,
        scoped ReadOnlySpan<RedisValue> fields,
        ExpireWhen when,
        CancellationToken cancellationToken)
    {
        var command = CommandWriter.Begin(name);
        command.Add(key);
        command.AddInteger(milliseconds);
        command.Add(when);
        AddFields(ref command, fields);
        return SendAsync(ref command, HashFieldReplies.Expiries, cancellationToken);
    }

    /// <summary><c>FIELDS numfields field [field ...]</c></summary>
    private static void AddFields(ref CommandWriter command, scoped ReadOnlySpan<RedisValue> fields)
    {
        command.AddBytes("FIELDS"u8);
        command.AddInteger(fields.Length);
        command.Add(fields);
    }
}
