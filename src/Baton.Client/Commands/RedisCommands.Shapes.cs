namespace Baton.Client;

/// <summary>The shapes that most commands have; what every method of a group is made of.</summary>
public abstract partial class RedisCommands
{
    /// <summary>A command that only reads.</summary>
    private ValueTask<T> ReadAsync<T>(
        scoped ReadOnlySpan<byte> name,
        ReplyReader<T> reader,
        CancellationToken cancellationToken,
        params scoped ReadOnlySpan<RedisValue> arguments) =>
        ArgumentsAsync(name, CommandTraits.ReadOnly, arguments, reader, cancellationToken);

    /// <summary>A command that may change data.</summary>
    private ValueTask<T> WriteAsync<T>(
        scoped ReadOnlySpan<byte> name,
        ReplyReader<T> reader,
        CancellationToken cancellationToken,
        params scoped ReadOnlySpan<RedisValue> arguments) =>
        ArgumentsAsync(name, CommandTraits.None, arguments, reader, cancellationToken);

    private ValueTask<T> ArgumentsAsync<T>(
        scoped ReadOnlySpan<byte> name,
        CommandTraits traits,
        scoped ReadOnlySpan<RedisValue> arguments,
        ReplyReader<T> reader,
        CancellationToken cancellationToken)
    {
        var command = CommandWriter.Begin(name, traits);
        command.Add(arguments);
        return SendAsync(ref command, reader, cancellationToken);
    }

    /// <summary><c>NAME key [key ...]</c></summary>
    private ValueTask<T> OnKeysAsync<T>(
        scoped ReadOnlySpan<byte> name,
        CommandTraits traits,
        scoped ReadOnlySpan<RedisKey> keys,
        ReplyReader<T> reader,
        CancellationToken cancellationToken)
    {
        var command = CommandWriter.Begin(name, traits);
        command.Add(keys);
        return SendAsync(ref command, reader, cancellationToken);
    }

    /// <summary><c>NAME numkeys key [key ...]</c></summary>
    private ValueTask<T> CountedKeysAsync<T>(
        scoped ReadOnlySpan<byte> name,
        CommandTraits traits,
        scoped ReadOnlySpan<RedisKey> keys,
        ReplyReader<T> reader,
        CancellationToken cancellationToken,
        params scoped ReadOnlySpan<RedisValue> rest)
    {
        var command = CommandWriter.Begin(name, traits);
        command.AddCounted(keys);
        command.Add(rest);
        return SendAsync(ref command, reader, cancellationToken);
    }

    /// <summary><c>NAME destination key [key ...]</c></summary>
    private ValueTask<long> StoreAsync(
        scoped ReadOnlySpan<byte> name, RedisKey destination, scoped ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken)
    {
        var command = CommandWriter.Begin(name);
        command.Add(destination);
        command.Add(keys);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary><c>NAME key value [value ...]</c></summary>
    private ValueTask<T> ValuesAsync<T>(
        scoped ReadOnlySpan<byte> name,
        CommandTraits traits,
        RedisKey key,
        scoped ReadOnlySpan<RedisValue> values,
        ReplyReader<T> reader,
        CancellationToken cancellationToken)
    {
        var command = CommandWriter.Begin(name, traits);
        command.Add(key);
        command.Add(values);
        return SendAsync(ref command, reader, cancellationToken);
    }

    /// <summary><c>NAME key [key ...] timeout</c>, waiting on the server.</summary>
    private ValueTask<T> BlockingKeysAsync<T>(
        scoped ReadOnlySpan<byte> name,
        scoped ReadOnlySpan<RedisKey> keys,
        TimeSpan timeout,
        ReplyReader<T> reader,
        CancellationToken cancellationToken)
    {
        var command = CommandWriter.Begin(name);
        command.Add(keys);
        command.AddWaitSeconds(timeout);
        return SendAsync(ref command, reader, cancellationToken);
    }
}
