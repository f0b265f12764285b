namespace Baton.Client;

/// <summary>
/// Watched keys, on a connection of their own: read through it, decide, then commit a transaction that runs only if none of the keys has changed
/// since. Not thread-safe; dispose it to give the connection back. When the connection is lost, the watch is lost with it, and the commit answers
/// as if a key had changed.
/// </summary>
public sealed class RedisWatch : RedisCommands, IAsyncDisposable
{
    private readonly ClientContext _context;
    private readonly DedicatedPool _pool;
    private readonly DedicatedConnection _connection;
    private bool _isOver;
    private bool _isDisposed;

    private RedisWatch(ClientContext context, DedicatedPool pool, DedicatedConnection connection) =>
        (_context, _pool, _connection) = (context, pool, connection);

    /// <summary>A transaction that runs only if no watched key has changed. One per watch.</summary>
    public RedisTransaction CreateTransaction()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new RedisTransaction(_context, CommitAsync);
    }

    /// <summary>Forgets the watched keys if nothing was committed, and gives the connection back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (_isOver || await TryUnwatchAsync().ConfigureAwait(false))
        {
            _pool.Return(_connection);
        }
        else
        {
            _pool.Discard(_connection, CloseReason.Abandoned);
        }
    }

    internal static async Task<RedisWatch> BeginAsync(
        ClientContext context, DedicatedPool pool, byte[] watchFrame, long deadlineMs, CancellationToken cancellationToken)
    {
        while (true)
        {
            var connection = await pool.RentAsync(deadlineMs, cancellationToken).ConfigureAwait(false);
            try
            {
                var watching = PendingReply<bool>.Rent(ReplyReaders.Ok, CommandTraits.Transaction, context);
                var reply = new ValueTask<bool>(watching, watching.Version);
                watching.CancelWith(connection.Outbox, cancellationToken);
                connection.Outbox.Append(watching, watchFrame);
                await reply.ConfigureAwait(false);
                return new RedisWatch(context, pool, connection);
            }
            catch (RedisConnectionException) when (context.Clock.PreciseMs < deadlineMs)
            {
                // To watch is no work that could be done twice.
                pool.Discard(connection, CloseReason.Abandoned);
            }
            catch
            {
                pool.Discard(connection, CloseReason.Abandoned);
                throw;
            }
        }
    }

    /// <inheritdoc/>
    internal override ValueTask<T> SendAsync<T>(ref CommandWriter command, ReplyReader<T> reader, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if ((command.Traits & (CommandTraits.PubSub | CommandTraits.Transaction | CommandTraits.Session | CommandTraits.Blocking)) != 0)
        {
            throw SessionCommands.Refusal(ref command);
        }

        var pending = PendingReply<T>.Rent(reader, command.Traits, _context);
        var reply = new ValueTask<T>(pending, pending.Version);
        pending.CancelWith(_connection.Outbox, cancellationToken);
        if (CommandObserver.IsNeeded)
        {
            _context.Observer.Begin(pending, ref command);
        }

        _connection.Outbox.Append(pending, command.Finish().Span);
        command.Return();
        return reply;
    }

    private async Task<bool> CommitAsync(PendingTransaction transaction, ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _isOver = true;
        transaction.CancelWith(_connection.Outbox, cancellationToken);
        _connection.Outbox.Append(transaction, block.Span);
        try
        {
            return await transaction.Outcome.ConfigureAwait(false);
        }
        catch (RedisConnectionException e) when (e.Outcome == CommandOutcome.NotSent)
        {
            // The watch was lost before EXEC was sent: nothing ran, as when a key has changed.
            return false;
        }
    }

    private async Task<bool> TryUnwatchAsync()
    {
        try
        {
            var unwatching = PendingReply<bool>.Rent(ReplyReaders.Ok, CommandTraits.Transaction, _context);
            var reply = new ValueTask<bool>(unwatching, unwatching.Version);
            _connection.Outbox.Append(unwatching, "*1\r\n$7\r\nUNWATCH\r\n"u8);
            return await reply.ConfigureAwait(false);
        }
        catch (RedisException)
        {
            return false;
        }
    }
}
