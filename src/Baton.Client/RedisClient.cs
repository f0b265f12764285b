using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>
/// A Redis database, for a whole process: one multiplexed connection for ordinary commands, which moves when the server announces maintenance,
/// and dedicated ones for what needs them. Thread-safe; made once and kept.
/// </summary>
public sealed partial class RedisClient : RedisCommands, IAsyncDisposable
{
    private readonly ClientContext _context;
    private readonly ConnectionSlot _slot;
    private readonly Heartbeat _heartbeat;
    private int _isDisposed;

    private RedisClient(RedisClientOptions options)
    {
        _context = new ClientContext(options);
        _slot = new ConnectionSlot(_context);
        if (options.Caching is not null)
        {
            SetUpCaching(options.Caching);
        }

        _heartbeat = new Heartbeat(options.TimeProvider, Tick);
    }

    /// <summary>Connects.</summary>
    /// <param name="options">Where to, and how.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">An option has a value it cannot have.</exception>
    /// <exception cref="RedisConnectFailedException">No connection; the text says where, why and what to do.</exception>
    public static async Task<RedisClient> ConnectAsync(RedisClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var client = new RedisClient(options);
        try
        {
            await client._slot.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _context.Lifetime.Cancel();
            _heartbeat.Dispose();
            _slot.Dispose(CloseReason.Disposed);
            Volatile.Read(ref _subscriptions)?.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    internal override ValueTask<T> SendAsync<T>(ref CommandWriter command, ReplyReader<T> reader, CancellationToken cancellationToken)
    {
        var pending = PendingReply<T>.Rent(reader, command.Traits, _context.Clock.NowMs);
        var reply = new ValueTask<T>(pending, pending.Version);
        if (cancellationToken.CanBeCanceled)
        {
            pending.CancelWith(_slot.Outbox, cancellationToken);
        }

        _slot.Outbox.Append(pending, command.Finish().Span);
        command.Return();
        return reply;
    }

    private void Tick()
    {
        var limits = _context.Tick();
        _slot.Tick(limits);
        Volatile.Read(ref _subscriptions)?.Tick(limits);
    }
}
