using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>
/// The place that holds the connection of the moment, and replaces it: after it ended, and, before it ends, by a handoff. Callers append to its
/// outbox and never see which connection that is.
/// </summary>
internal sealed partial class ConnectionSlot : IConnectionOwner
{
    /// <summary>How often a command that only reads is sent again when its connection ends.</summary>
    private const int MostRepeats = 3;

    private readonly ClientContext _context;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _firstConnected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SessionState _session;
    private RedisConnection? _current;
    private bool _isReconnecting;
    private bool _isDisposed;
    private Exception? _lastFailure;

    public ConnectionSlot(ClientContext context)
    {
        _context = context;
        _session = SessionState.From(context.Options);
        Outbox = new Outbox(context.Options.MaxBufferedBytes);
    }

    /// <summary>Where commands go.</summary>
    public Outbox Outbox { get; }

    /// <summary>The connection of the moment; null while there is none.</summary>
    public RedisConnection? Current => Volatile.Read(ref _current);

    /// <summary>What every new connection is told.</summary>
    public SessionState Session
    {
        get => Volatile.Read(ref _session);
        set => Volatile.Write(ref _session, value);
    }

    /// <summary>Why the last attempt to connect failed; null when it did not.</summary>
    public Exception? LastFailure => Volatile.Read(ref _lastFailure);

    /// <summary>Pushes that are not about maintenance; called on a reader.</summary>
    public PushHandler? OtherPush { get; set; }

    /// <summary>A new connection serves (the first, after an end, or after a handoff).</summary>
    public Action<RedisConnection>? Connected { get; set; }

    /// <summary>A connection has ended; called before what it did not answer is settled.</summary>
    public Action<RedisConnection>? Disconnected { get; set; }

    /// <summary>Who uses the connections for more than commands; null for nobody. Set before connecting.</summary>
    public ISlotTenant? Tenant { get; init; }

    /// <inheritdoc/>
    bool IConnectionOwner.IsShared => Tenant is null;

    /// <summary>Connects for the first time, trying each place once.</summary>
    /// <exception cref="RedisConnectFailedException">None of them works.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = await ConnectAnyAsync(cancellationToken).ConfigureAwait(false);
        if (!Adopt(connection))
        {
            BeginConnecting();
        }
    }

    /// <summary>Completes when a connection serves for the first time.</summary>
    public Task FirstConnected => _firstConnected.Task;

    /// <summary>Connects in the background, until it works or the client is disposed.</summary>
    public void BeginConnecting() => _ = ReconnectAsync();

    /// <inheritdoc/>
    public void OnPush(RedisConnection connection, ReadOnlySpan<byte> frame)
    {
        if (!MaintenanceNotificationReader.TryRead(frame, out var notification))
        {
            OtherPush?.Invoke(connection, frame);
            return;
        }

        ClientLog.NotificationReceived(_context.Log, connection.Id, notification!.Kind, notification.Sequence ?? -1);
        _context.OnNotification(notification);
        if (notification.Kind == MaintenanceNotificationKind.Moving)
        {
            OnMoving(connection, notification);
        }
    }

    /// <inheritdoc/>
    public void OnClosed(RedisConnection connection, CloseReason reason, Exception? cause)
    {
        ClientLog.ConnectionClosed(_context.Log, connection.Id, connection.Endpoint, reason, cause);
        ClientMetrics.ConnectionClosed(_context, reason, connection.HasServed);
        Tenant?.OnEnded(connection);
        Disconnected?.Invoke(connection);
        Settle(connection, reason, cause);
        lock (_gate)
        {
            if (_current != connection)
            {
                return;
            }

            _current = null;
        }

        _ = ReconnectAsync();
    }

    /// <summary>The heartbeat.</summary>
    public void Tick(in CommandLimits limits)
    {
        Outbox.Expire(Current is null && LastFailure is { } failure ? limits with { NotConnected = failure.Message.TrimEnd('.') } : limits);
        foreach (var connection in Serving())
        {
            var oldest = connection.Expire(limits);
            if (oldest >= 0 && IsUnresponsive(connection, oldest, limits))
            {
                connection.Close(CloseReason.Unresponsive);
            }
        }

        KeepAlive(limits.NowMs);
    }

    /// <summary>Ends everything.</summary>
    public void Dispose(CloseReason reason)
    {
        RedisConnection[] connections;
        lock (_gate)
        {
            _isDisposed = true;
            connections = [.. Serving()];
            _current = null;
        }

        Outbox.Close(outcome => Ended(_context, reason, outcome, null));
        Array.ForEach(connections, connection => connection.Close(reason));
    }

    /// <summary>Takes a greeted connection into service, unless another one serves already.</summary>
    private bool Adopt(RedisConnection connection)
    {
        lock (_gate)
        {
            if (_isDisposed || _current is not null || connection.State == ConnectionState.Closed)
            {
                connection.Close(_isDisposed ? CloseReason.Disposed : CloseReason.Idle);
                return false;
            }

            _current = connection;
        }

        BeginService(connection);
        return true;
    }

    private void BeginService(RedisConnection connection)
    {
        _context.Learn(book => book.WithGood(connection.Endpoint));
        Volatile.Write(ref _lastFailure, null);
        if (Tenant is null && connection.Session != Session)
        {
            // SELECT or CLIENT SETNAME came through the old connection while this one was being made.
            Outbox.Prepend(SessionCatchUp.Commands(connection.Session, Session));
        }

        connection.Serve(Tenant?.Serve(connection) ?? Outbox, ConnectionState.Ready);
        connection.HasServed = true;
        ClientMetrics.ConnectionReady(_context);
        ClientLog.ConnectionReady(_context.Log, connection.Id, connection.Endpoint, connection.Greeting.Announces);
        Connected?.Invoke(connection);
        _firstConnected.TrySetResult();
        FollowEarlyMoving(connection);
        if (connection.State == ConnectionState.Closed)
        {
            // It ended before it was the current one: nobody has looked after that.
            OnClosed(connection, connection.EndedBecause ?? CloseReason.NetworkError, null);
        }
    }

    /// <summary>What an ended connection did not answer: unsent and repeatable commands go on, the others end.</summary>
    private void Settle(RedisConnection connection, CloseReason reason, Exception? cause)
    {
        var again = new List<UnansweredCommand>();
        foreach (var (unanswered, wasSent) in connection.TakeUnanswered())
        {
            var command = unanswered.Command;
            if (command.IsEnded)
            {
                command.Release();
            }
            else if (!_isDisposed && Tenant is null && !IsGreeting(command) && (!wasSent || CanRepeat(command)))
            {
                if (wasSent)
                {
                    command.Repeats++;
                    ClientMetrics.Repeated(_context);
                }

                again.Add(unanswered);
            }
            else
            {
                command.TryFail(Ended(_context, reason, wasSent ? CommandOutcome.MayHaveRun : CommandOutcome.NotSent, cause, command.Traits));
                command.Release();
            }
        }

        if (again.Count > 0)
        {
            Outbox.Prepend(again);
        }
    }

    /// <summary>True for what is said to one connection only: the next one is greeted anew.</summary>
    private static bool IsGreeting(PendingCommand command) => (command.Traits & CommandTraits.Session) != 0;

    private static bool CanRepeat(PendingCommand command) =>
        (command.Traits & CommandTraits.ReadOnly) != 0 && command.Repeats < MostRepeats;

    /// <summary>The error of a command whose connection has ended.</summary>
    internal static RedisConnectionException Ended(
        ClientContext context, CloseReason reason, CommandOutcome outcome, Exception? cause, CommandTraits traits = CommandTraits.None) =>
        new(
            reason,
            outcome == CommandOutcome.NotSent
                ? $"The command was not sent: the connection has ended ({reason})."
                : $"The connection ended ({reason}) before the reply came; the server may have run the command.",
            outcome,
            cause)
        {
            Maintenance = context.Maintenance.Current,
            IsSafeToRepeat = outcome == CommandOutcome.NotSent || (traits & CommandTraits.ReadOnly) != 0,
        };

    /// <summary>The current connection and those that drain; while it is held it is among both.</summary>
    private IEnumerable<RedisConnection> Serving()
    {
        lock (_gate)
        {
            return _current is null || _draining.Contains(_current) ? [.. _draining] : [_current, .. _draining];
        }
    }

    private static bool IsUnresponsive(RedisConnection connection, long oldestMs, in CommandLimits limits) =>
        oldestMs > limits.SilenceMs && limits.NowMs - connection.LastReceivedMs > limits.SilenceMs;

    private void KeepAlive(long nowMs)
    {
        var quiet = ClientContext.Milliseconds(_context.Options.KeepAlive);
        if (quiet > 0 && Current is { InFlight: 0 } current && nowMs - current.LastReceivedMs > quiet)
        {
            var ping = PendingReply<bool>.Rent(ReplyReaders.Ok, CommandTraits.ReadOnly, _context);
            Observe(new ValueTask<bool>(ping, ping.Version));
            (current.Outbox ?? Outbox).Append(ping, "*1\r\n$4\r\nPING\r\n"u8);
        }
    }

    private static async void Observe(ValueTask<bool> reply)
    {
        try
        {
            await reply.ConfigureAwait(false);
        }
        catch (RedisException)
        {
            // An unanswered PING ends the connection by the same rules as any command.
        }
    }
}
