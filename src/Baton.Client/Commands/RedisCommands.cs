namespace Baton.Client;

/// <summary>
/// Commands: any, as interpolated strings, and those of every day as methods. The same methods work on a client, in a pipeline and in a
/// transaction. Thread-safe where the implementing class is.
/// </summary>
public abstract partial class RedisCommands
{
    private protected RedisCommands()
    {
    }

    /// <summary>
    /// Sends a command and reads its reply as <typeparamref name="T"/>: <c>await redis.ExecuteAsync&lt;long&gt;($"INCRBY {key} {5}")</c>
    /// </summary>
    /// <typeparam name="T">
    /// <see cref="RedisReply"/> for any reply; string, byte[], long, int, double, bool, nullable where the server may reply null; arrays and
    /// dictionaries of these.
    /// </typeparam>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Ends the wait; a command that was not sent by then is never sent.</param>
    /// <exception cref="RedisServerException">The server replied with an error.</exception>
    /// <exception cref="RedisTimeoutException">No reply in time.</exception>
    /// <exception cref="RedisConnectionException">The connection ended, and the command could not be sent again safely.</exception>
    /// <exception cref="RedisReplyException">The reply is not a <typeparamref name="T"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<T?> ExecuteAsync<T>(RedisCommand command, CancellationToken cancellationToken = default)
    {
        var reader = ReplyReaderFor<T>.Default;
        var writer = command.Complete();
        return SendAsync<T?>(ref writer, reader!, cancellationToken);
    }

    /// <summary>Sends a command and reads its reply with a reader of the caller's.</summary>
    /// <param name="command">The command.</param>
    /// <param name="reader">Makes the result of the reply.</param>
    /// <param name="cancellationToken">Ends the wait; a command that was not sent by then is never sent.</param>
    public ValueTask<T> ExecuteAsync<T>(RedisCommand command, ReplyReader<T> reader, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var writer = command.Complete();
        return SendAsync(ref writer, reader, cancellationToken);
    }

    /// <summary>Sends a command and gives the raw reply.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Ends the wait; a command that was not sent by then is never sent.</param>
    public ValueTask<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken = default) =>
        ExecuteAsync(command, ReplyReaders.Raw, cancellationToken);

    /// <summary>Sends what the writer has, and gives its buffer back.</summary>
    internal abstract ValueTask<T> SendAsync<T>(ref CommandWriter command, ReplyReader<T> reader, CancellationToken cancellationToken);
}
