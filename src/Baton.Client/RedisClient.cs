namespace Baton.Client;

/// <summary>
/// A Redis database, for a whole process: one multiplexed connection for ordinary commands, which moves when the server announces maintenance,
/// and dedicated ones for what needs them (blocking commands, transactions with WATCH, subscriptions). Thread-safe; made once and kept.
/// </summary>
public sealed partial class RedisClient : RedisCommands, IAsyncDisposable
{
    private readonly ClientContext _context;
    private readonly ConnectionSlot _slot;
    private readonly DedicatedPool _dedicated;
    private readonly Heartbeat _heartbeat;
    private int _isDisposed;

    private RedisClient(RedisClientOptions options)
    {
        _context = new ClientContext(options);
        _slot = new ConnectionSlot(_context);
        _dedicated = new DedicatedPool(_context, () => _slot.Session with { Tracking = null });
        _context.NotificationHeard = OnNotification;
        _context.HandoffEnded = OnHandoff;
        ClientMetrics.ClientMade(_context);
        if (options.Caching is not null)
        {
            SetUpCaching(options.Caching);
        }

        _heartbeat = new Heartbeat(options.TimeProvider, Tick);
    }

    /// <summary>The options it was made with.</summary>
    public RedisClientOptions Options => _context.Options;

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

    /// <summary>A client that connects in the background: commands wait for the connection, within their limits.</summary>
    /// <param name="options">Where to, and how.</param>
    /// <exception cref="ArgumentException">An option has a value it cannot have.</exception>
    public static RedisClient Create(RedisClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var client = new RedisClient(options);
        client._slot.BeginConnecting();
        return client;
    }

    /// <summary>
    /// The same as <see cref="RedisCommands.ExecuteAsync{T}(RedisCommand, CancellationToken)"/> for callers that cannot await: blocks the
    /// thread until the reply is there, with the same limits (relaxed during maintenance, also while it already waits).
    /// </summary>
    /// <param name="command">The command.</param>
    public T? Execute<T>(RedisCommand command)
    {
        var reader = ReplyReaderFor<T>.Default;
        var writer = command.Complete();
        if (writer.Traits is not (CommandTraits.None or CommandTraits.ReadOnly))
        {
            return SendSpecialAsync<T?>(ref writer, reader!, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }

        var pending = PendingReply<T?>.Rent(reader!, writer.Traits, _context);
        pending.MakeBlocking();
        if (CommandObserver.IsNeeded)
        {
            _context.Observer.Begin(pending, ref writer);
        }

        _slot.Outbox.Append(pending, writer.Finish().Span);
        writer.Return();
        _slot.Outbox.FlushBeforeBlocking();
        return pending.WaitForResult();
    }

    /// <summary>A transaction: commands that run together or not at all.</summary>
    public RedisTransaction CreateTransaction() => new(_context, (transaction, block, cancellationToken) =>
    {
        transaction.CancelWith(_slot.Outbox, cancellationToken);
        _slot.Outbox.Append(transaction, block.Span);
        return transaction.Outcome;
    });

    /// <summary>Watches keys: WATCH on a connection of its own, for reading, deciding and committing.</summary>
    /// <param name="keys">At least one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">There is no key.</exception>
    public Task<RedisWatch> WatchAsync(RedisKey[] keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentOutOfRangeException.ThrowIfZero(keys.Length, nameof(keys));
        var writer = CommandWriter.Begin("WATCH"u8);
        writer.Add(keys);
        var frame = writer.Finish().ToArray();
        writer.Return();
        return RedisWatch.BeginAsync(_context, _dedicated, frame, CommandDeadline(), cancellationToken);
    }

    /// <summary>Commands to be sent together.</summary>
    public RedisPipeline CreatePipeline() => new(_context, _slot.Outbox);

    /// <summary>Completes with the first connection.</summary>
    /// <exception cref="RedisConnectFailedException">There is none within <see cref="RedisClientOptions.ConnectTimeout"/>; it is still tried.</exception>
    internal async Task FirstConnectionAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _slot.FirstConnected.WaitAsync(Options.ConnectTimeout, Options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw _slot.LastFailure as RedisConnectFailedException
                ?? new RedisConnectFailedException(ConnectFailedReason.TimedOut, $"No connection to {Options.Endpoints[0]} yet.", e);
        }
    }

    /// <summary>Gives what was not sent to another client. How many commands that were.</summary>
    internal int MoveUnsentTo(RedisClient other)
    {
        var unsent = _slot.Outbox.TakeUnsent();
        other._slot.Outbox.Prepend(unsent);
        return unsent.Count;
    }

    /// <summary>Ends all connections. Commands that wait end with <see cref="CloseReason.Disposed"/>. A second call does nothing.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _context.Lifetime.Cancel();
            _heartbeat.Dispose();
            _slot.Dispose(CloseReason.Disposed);
            Volatile.Read(ref _subscriptions)?.Dispose();
            _dedicated.Dispose();
            _context.Events.Complete();
            ClientMetrics.ClientDisposed(_context);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    internal override long ShardMoves => _context.ShardMoves;

    /// <inheritdoc/>
    internal override ValueTask<T> SendAsync<T>(ref CommandWriter command, ReplyReader<T> reader, CancellationToken cancellationToken)
    {
        if (command.Traits is not (CommandTraits.None or CommandTraits.ReadOnly))
        {
            return SendSpecialAsync(ref command, reader, cancellationToken);
        }

        var pending = PendingReply<T>.Rent(reader, command.Traits, _context);
        var reply = new ValueTask<T>(pending, pending.Version);
        if (cancellationToken.CanBeCanceled)
        {
            pending.CancelWith(_slot.Outbox, cancellationToken);
        }

        if (CommandObserver.IsNeeded)
        {
            _context.Observer.Begin(pending, ref command);
        }

        _slot.Outbox.Append(pending, command.Finish().Span);
        command.Return();
        return reply;
    }

    /// <summary>What does not simply go over the shared connection.</summary>
    private ValueTask<T> SendSpecialAsync<T>(ref CommandWriter command, ReplyReader<T> reader, CancellationToken cancellationToken)
    {
        if ((command.Traits & (CommandTraits.PubSub | CommandTraits.Transaction)) != 0)
        {
            throw SessionCommands.Refusal(ref command);
        }

        if ((command.Traits & CommandTraits.Session) != 0)
        {
            var change = SessionCommands.ChangeOf(ref command);
            command.Traits &= ~CommandTraits.Session;
            return SendAsync(
                ref command,
                (ref Baton.Protocol.Resp.RespReader reply) =>
                {
                    // On the reader, so that no handoff comes between the reply and remembering it.
                    _slot.Session = change(_slot.Session);
                    return reader(ref reply);
                },
                cancellationToken);
        }

        var frame = command.Finish().ToArray();
        command.Return();
        return new BlockingCall<T>(_context, _dedicated, frame, command.Wait, command.Traits, reader, cancellationToken).RunAsync();
    }

    private long CommandDeadline()
    {
        var limit = ClientContext.Milliseconds(_context.Options.CommandTimeout);
        return limit == long.MaxValue ? limit : _context.Clock.PreciseMs + limit;
    }

    private void Tick()
    {
        var limits = _context.Tick();
        _slot.Tick(limits);
        _dedicated.Tick(limits);
        Volatile.Read(ref _subscriptions)?.Tick(limits);
    }
}
