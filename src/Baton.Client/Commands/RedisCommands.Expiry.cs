namespace Baton.Client;

/// <summary>When keys end.</summary>
public abstract partial class RedisCommands
{
    /// <summary>
    /// PEXPIRE: sets when the key ends, in milliseconds; zero or less deletes it. False when there is no key or the condition is not met.
    /// </summary>
    public ValueTask<bool> ExpireAsync(
        RedisKey key, TimeSpan time, ExpireWhen when = ExpireWhen.Always, CancellationToken cancellationToken = default) =>
        ExpireAsync("PEXPIRE"u8, key, (long)time.TotalMilliseconds, when, cancellationToken);

    /// <summary>PEXPIREAT: the same at a time of the server's clock; a time past deletes it.</summary>
    public ValueTask<bool> ExpireAtAsync(
        RedisKey key, DateTimeOffset time, ExpireWhen when = ExpireWhen.Always, CancellationToken cancellationToken = default) =>
        ExpireAsync("PEXPIREAT"u8, key, time.ToUnixTimeMilliseconds(), when, cancellationToken);

    /// <summary>PERSIST: removes the end; false when there is no key or no end.</summary>
    public ValueTask<bool> PersistAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        WriteAsync("PERSIST"u8, ReplyReaders.Boolean, cancellationToken, key);

    /// <summary>PTTL: the time left; <see cref="Timeout.InfiniteTimeSpan"/> when it does not end, null when there is no key.</summary>
    public ValueTask<TimeSpan?> TtlAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("PTTL"u8, KeyReplies.TimeToLive, cancellationToken, key);

    /// <summary>PEXPIRETIME: when it ends; <see cref="DateTimeOffset.MaxValue"/> when it does not, null when there is no key.</summary>
    public ValueTask<DateTimeOffset?> ExpireTimeAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("PEXPIRETIME"u8, KeyReplies.EndTime, cancellationToken, key);

    private ValueTask<bool> ExpireAsync(
        scoped ReadOnlySpan<byte> name, RedisKey key, long milliseconds, ExpireWhen when, CancellationToken cancellationToken)
    {
        var command = CommandWriter.Begin(name);
        command.Add(key);
        command.AddInteger(milliseconds);
        command.Add(when);
        return SendAsync(ref command, ReplyReaders.Boolean, cancellationToken);
    }
}
