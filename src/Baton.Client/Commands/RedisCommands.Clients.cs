namespace Baton.Client;

/// <summary>Connections, as the server sees them.</summary>
public abstract partial class RedisCommands
{
    /// <summary>CLIENT ID: the number of the connection that carries ordinary commands now; a handoff changes it.</summary>
    public ValueTask<long> ClientIdAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("CLIENT"u8, ReplyReaders.Int64, cancellationToken, "ID");

    /// <summary>CLIENT GETNAME: that connection's name; null for none.</summary>
    public ValueTask<string?> ClientGetNameAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("CLIENT"u8, ReplyReaders.NullableText, cancellationToken, "GETNAME");

    /// <summary>CLIENT INFO: names and values of that connection.</summary>
    public ValueTask<Dictionary<string, string>> ClientInfoAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("CLIENT"u8, ServerReplies.Client, cancellationToken, "INFO");

    /// <summary>CLIENT LIST: names and values of each connection.</summary>
    public ValueTask<Dictionary<string, string>[]> ClientListAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("CLIENT"u8, ServerReplies.Clients, cancellationToken, "LIST");

    /// <summary>CLIENT KILL: how many connections were ended.</summary>
    public ValueTask<long> ClientKillAsync(ClientKillFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var command = CommandWriter.Begin("CLIENT"u8);
        command.AddBytes("KILL"u8);
        filter.WriteTo(ref command);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary>CLIENT UNBLOCK: ends a blocking command of another connection.</summary>
    /// <param name="id">The connection's number.</param>
    /// <param name="withError">Whether it ends with an error instead of as if its time were over. Default: no.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when it was not blocked.</returns>
    public ValueTask<bool> ClientUnblockAsync(long id, bool withError = false, CancellationToken cancellationToken = default) =>
        WriteAsync("CLIENT"u8, ReplyReaders.Boolean, cancellationToken, "UNBLOCK", id, withError ? "ERROR" : "TIMEOUT");

    /// <summary>CLIENT PAUSE: commands of all connections wait.</summary>
    /// <param name="time">How long, in milliseconds.</param>
    /// <param name="onlyWrites">Whether those that only read go on. Default: no.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<bool> ClientPauseAsync(TimeSpan time, bool onlyWrites = false, CancellationToken cancellationToken = default) =>
        WriteAsync("CLIENT"u8, ReplyReaders.Ok, cancellationToken, "PAUSE", (long)time.TotalMilliseconds, onlyWrites ? "WRITE" : "ALL");

    /// <summary>CLIENT UNPAUSE: they go on.</summary>
    public ValueTask<bool> ClientUnpauseAsync(CancellationToken cancellationToken = default) =>
        WriteAsync("CLIENT"u8, ReplyReaders.Ok, cancellationToken, "UNPAUSE");
}
