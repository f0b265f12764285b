using System.Net;

namespace Baton.Client;

/// <summary>
/// Dedicated connections: lent, returned, made when there is none, left when their server says so. Bounded; who finds none free waits. Thread-safe.
/// </summary>
internal sealed class DedicatedPool(ClientContext context, Func<SessionState> session) : IDisposable
{
    /// <summary>An idle connection is kept so long.</summary>
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _places = new(context.Options.MaxDedicatedConnections);
    private readonly Stack<DedicatedConnection> _idle = new();
    private readonly HashSet<DedicatedConnection> _all = [];
    private bool _isDisposed;

    /// <summary>Lends a connection.</summary>
    /// <param name="deadlineMs">Until when it is tried, on the client's clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RedisTimeoutException">None was free in time.</exception>
    /// <exception cref="RedisConnectFailedException">None could be made in time.</exception>
    public async Task<DedicatedConnection> RentAsync(long deadlineMs, CancellationToken cancellationToken)
    {
        try
        {
            return await RentWithinAsync(deadlineMs, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.Lifetime.IsCancellationRequested)
        {
            throw ConnectionSlot.Ended(context, CloseReason.Disposed, CommandOutcome.NotSent, null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new RedisCanceledException(CommandOutcome.NotSent, cancellationToken);
        }
    }

    /// <summary>Takes one back whose state is clean.</summary>
    public void Return(DedicatedConnection connection)
    {
        connection.IdleSinceMs = context.Clock.NowMs;
        lock (_gate)
        {
            if (!_isDisposed && connection.IsUsable && connection.Connection.InFlight == 0)
            {
                _idle.Push(connection);
                ReleasePlace();
                return;
            }
        }

        Discard(connection, connection.MovingHeard.IsCompleted ? CloseReason.HandedOff : CloseReason.Abandoned);
    }

    /// <summary>Takes one back that nobody shall have again.</summary>
    public void Discard(DedicatedConnection connection, CloseReason reason)
    {
        lock (_gate)
        {
            _all.Remove(connection);
        }

        connection.Close(reason);
        ReleasePlace();
    }

    /// <summary>A connection beside the pool's count: the next one of somebody who has to leave theirs.</summary>
    public async Task<DedicatedConnection> MakeExtraAsync(IEnumerable<RedisEndpoint> places, CancellationToken cancellationToken)
    {
        var connection = await DedicatedConnection.ConnectAsync(context, places, session(), cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _all.Add(connection);
                return connection;
            }
        }

        connection.Close(CloseReason.Disposed);
        throw new OperationCanceledException("The client was disposed.");
    }

    /// <summary>A connection to the very address that another one reached, to speak about it there.</summary>
    public Task<DedicatedConnection> MakeBesideAsync(DedicatedConnection other, CancellationToken cancellationToken) =>
        MakeExtraAsync(
            [other.Connection.RemoteEndPoint is IPEndPoint remote ? new RedisEndpoint(remote.Address.ToString(), remote.Port) : other.Connection.Endpoint],
            cancellationToken);

    /// <summary>The user has moved from one connection to the next, which takes its place in the count.</summary>
    public void Replace(DedicatedConnection left, CloseReason reason)
    {
        lock (_gate)
        {
            _all.Remove(left);
        }

        left.Close(reason);
    }

    /// <summary>The heartbeat.</summary>
    public void Tick(in CommandLimits limits)
    {
        List<DedicatedConnection>? stale = null;
        lock (_gate)
        {
            foreach (var connection in _all)
            {
                connection.Outbox.Expire(limits);
                connection.Connection.Expire(limits);
            }

            while (_idle.TryPeek(out var idle) && (!idle.IsUsable || limits.NowMs - idle.IdleSinceMs > IdleLimit.TotalMilliseconds))
            {
                (stale ??= []).Add(_idle.Pop());
            }
        }

        stale?.ForEach(connection =>
        {
            lock (_gate)
            {
                _all.Remove(connection);
            }

            connection.Close(connection.MovingHeard.IsCompleted ? CloseReason.HandedOff : CloseReason.Idle);
        });
    }

    /// <summary>Ends all. Who waits for a place, or asks for one later, is told by the client's lifetime: the places stay.</summary>
    public void Dispose()
    {
        DedicatedConnection[] all;
        lock (_gate)
        {
            _isDisposed = true;
            all = [.. _all];
            _all.Clear();
            _idle.Clear();
        }

        Array.ForEach(all, static connection => connection.Close(CloseReason.Disposed));
    }

    private async Task<DedicatedConnection> RentWithinAsync(long deadlineMs, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(context.Lifetime.Token, cancellationToken);
        var left = TimeUntil(deadlineMs);
        if (!await WaitForPlaceAsync(left, both.Token).ConfigureAwait(false))
        {
            throw NotInTime(left, $"all {context.Options.MaxDedicatedConnections} dedicated connections are in use: see MaxDedicatedConnections");
        }

        try
        {
            return TakeIdle() ?? await MakeAsync(deadlineMs, both.Token).ConfigureAwait(false);
        }
        catch
        {
            ReleasePlace();
            throw;
        }
    }

    private void ReleasePlace()
    {
        if (!context.Lifetime.IsCancellationRequested)
        {
            _places.Release();
        }
    }

    private async Task<bool> WaitForPlaceAsync(TimeSpan left, CancellationToken cancellationToken)
    {
        if (_places.Wait(0, CancellationToken.None))
        {
            return true;
        }

        using var timeout = new CancellationTokenSource(left, context.Options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _places.WaitAsync(both.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private DedicatedConnection? TakeIdle()
    {
        while (true)
        {
            DedicatedConnection? idle;
            lock (_gate)
            {
                if (!_idle.TryPop(out idle))
                {
                    return null;
                }

                if (idle.IsUsable && idle.Connection.Session == session())
                {
                    return idle;
                }

                _all.Remove(idle);
            }

            idle.Close(idle.MovingHeard.IsCompleted ? CloseReason.HandedOff : CloseReason.Idle);
        }
    }

    /// <summary>As the shared connection does, it tries again until there is no time left: a server that restarts costs time, not errors.</summary>
    private async Task<DedicatedConnection> MakeAsync(long deadlineMs, CancellationToken cancellationToken)
    {
        RedisConnectFailedException? failure = null;
        var left = TimeUntil(deadlineMs);
        using var limit = new CancellationTokenSource(left, context.Options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    return await MakeExtraAsync(context.Book.Candidates(context.Clock.PreciseMs), both.Token).ConfigureAwait(false);
                }
                catch (RedisConnectFailedException e)
                {
                    failure = e;
                    context.Told(e);
                }

                await Task.Delay(context.Jittered(context.Options.ReconnectDelay), context.Options.TimeProvider, both.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw (RedisException?)failure ?? NotInTime(left, "no connection could be made in this time");
        }
    }

    private TimeSpan TimeUntil(long deadlineMs) =>
        deadlineMs == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(0, deadlineMs - context.Clock.PreciseMs));

    private RedisTimeoutException NotInTime(TimeSpan limit, string why) =>
        new RedisTimeoutException(TimeoutReason.Command, limit, CommandOutcome.NotSent, why)
        {
            Maintenance = context.Maintenance.Current,
            IsSafeToRepeat = true,
        };
}
