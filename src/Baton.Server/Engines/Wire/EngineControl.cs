using System.Net;

namespace Baton.Server.Engines.Wire;

/// <summary>An engine's own control connection: opened when first needed, opened again after it broke. Thread-safe.</summary>
internal sealed class EngineControl(EndPoint address, string secret, TimeSpan commandLimit, TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private RespConnection? _connection;

    /// <summary>Opens a connection of the caller's own.</summary>
    public Task<RespConnection> ConnectAsync(CancellationToken cancellationToken) =>
        RespConnection.ConnectAsync(address, secret, commandLimit, time, cancellationToken);

    /// <summary>Sends a batch; error replies are returned.</summary>
    /// <exception cref="EngineException">The engine cannot be reached or does not answer.</exception>
    public async Task<RespReply[]> SendAsync(RespBatch batch, CancellationToken cancellationToken)
    {
        RespConnection connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return await connection.SendAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One command that must succeed.</summary>
    /// <exception cref="EngineException">The engine cannot be reached, does not answer, or refuses.</exception>
    public async Task<RespReply> DemandAsync(string[] command, CancellationToken cancellationToken)
    {
        RespConnection connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return await connection.DemandAsync(command, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<RespConnection> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_connection is null or { IsBroken: true })
            {
                _connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            }

            return _connection;
        }
        finally
        {
            _opening.Release();
        }
    }
}
