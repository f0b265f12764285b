namespace Baton.Client;

/// <summary>Strings.</summary>
public abstract partial class RedisCommands
{
    /// <summary>GET: the value as text; null when there is none.</summary>
    public ValueTask<string?> GetAsync(RedisKey key, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("GET"u8, CommandTraits.ReadOnly);
        command.Add(key);
        return SendAsync(ref command, ReplyReaders.NullableText, cancellationToken);
    }

    /// <summary>GET: the value as bytes; null when there is none.</summary>
    public ValueTask<byte[]?> GetBytesAsync(RedisKey key, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("GET"u8, CommandTraits.ReadOnly);
        command.Add(key);
        return SendAsync(ref command, ReplyReaders.NullableBytes, cancellationToken);
    }

    /// <summary>SET.</summary>
    public ValueTask<bool> SetAsync(RedisKey key, RedisValue value, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("SET"u8);
        command.Add(key);
        command.Add(value);
        return SendAsync(ref command, ReplyReaders.Ok, cancellationToken);
    }
}
