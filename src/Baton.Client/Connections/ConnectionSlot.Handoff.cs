using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>
/// Moving when told: the new connection is made and greeted first; then new commands wait for the old one's last replies, and go on over the new
/// one. When the new place cannot be reached, the old connection serves on.
/// </summary>
internal sealed partial class ConnectionSlot
{
    private readonly List<RedisConnection> _draining = [];
    private Handoff? _handoff;

    /// <summary>A MOVING heard by a connection that was still being greeted.</summary>
    private (RedisConnection Connection, ReceivedNotification Moving, long ReceivedMs)? _early;

    private void OnMoving(RedisConnection connection, ReceivedNotification moving)
    {
        var now = _context.Clock.PreciseMs;
        lock (_gate)
        {
            if (connection.State == ConnectionState.Greeting && connection != _current)
            {
                _early = (connection, moving, now);
                return;
            }
        }

        BeginHandoff(connection, moving, now);
    }

    private void FollowEarlyMoving(RedisConnection connection)
    {
        (RedisConnection Connection, ReceivedNotification Moving, long ReceivedMs)? early;
        lock (_gate)
        {
            (early, _early) = (_early, null);
        }

        if (early is { } heard && heard.Connection == connection)
        {
            BeginHandoff(connection, heard.Moving, heard.ReceivedMs);
        }
    }

    private void BeginHandoff(RedisConnection connection, ReceivedNotification moving, long receivedMs)
    {
        var named = _context.PlaceNamedBy(moving);
        Handoff handoff;
        Handoff? older;
        lock (_gate)
        {
            // What a connection says that has been left already, or what was acted on, is old news.
            if (_isDisposed || connection != _current || _handoff?.Covers(moving, connection) == true || IsHere(connection, moving, named))
            {
                return;
            }

            older = _handoff;
            handoff = _handoff = new Handoff(
                moving, named, connection, receivedMs, CancellationTokenSource.CreateLinkedTokenSource(_context.Lifetime.Token));
        }

        older?.Supersede();
        if (named is not null)
        {
            _context.Learn(book => book.WithNamed(named, handoff.DeadlineMs + (long)QuickPeriod.TotalMilliseconds));
        }

        if (_context.Options.Maintenance.ProactiveHandoff)
        {
            _ = RunHandoffAsync(handoff);
        }
    }

    private async Task RunHandoffAsync(Handoff handoff)
    {
        ClientLog.HandoffBegan(_context.Log, handoff.Old.Id, handoff.Moving.Sequence ?? -1, handoff.Named?.ToString() ?? "(no place named)");
        var route = new HandoffRoute<RedisConnection>(
            _context, handoff, handoff.Old.RemoteEndPoint, (place, limit) => TryReachAsync(handoff, place, limit));
        try
        {
            var next = await route.ReachAsync().ConfigureAwait(false);
            if (next is null)
            {
                ReportFailure(handoff);
            }

            while (next is { } again && await SwitchAsync(handoff, again).ConfigureAwait(false))
            {
                next = await route.FollowNameAsync(again.RemoteEndPoint, () => again.State != ConnectionState.Closed).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // A newer MOVING counts, or the client is gone.
        }
        finally
        {
            handoff.End();
        }
    }

    private async Task<RedisConnection?> TryReachAsync(Handoff handoff, RedisEndpoint place, TimeSpan limit)
    {
        try
        {
            var next = await _context.Dialer.ConnectAsync(place, this, Session, limit, handoff.Token).ConfigureAwait(false);
            if (Tenant is not null)
            {
                await Tenant.PrepareAsync(next, limit, handoff.Token).ConfigureAwait(false);
            }

            return next;
        }
        catch (RedisConnectFailedException e)
        {
            Volatile.Write(ref _lastFailure, e);
            ClientLog.HandoffAttemptFailed(_context.Log, handoff.Old.Id, e.Message);
            return null;
        }
    }

    /// <summary>To the new connection, at a command boundary, in order. False when it is not needed any more; then it is closed.</summary>
    private async Task<bool> SwitchAsync(Handoff handoff, RedisConnection next)
    {
        var began = _context.Clock.PreciseMs;
        while (true)
        {
            RedisConnection? old;
            bool isInstalled;
            lock (_gate)
            {
                // Usually the one that heard of the move. When that has ended, or an older MOVING was just being followed, another one serves:
                // it is left too, unless it leads to the same place.
                old = _current;
                var isNeeded = _handoff == handoff && (old is null || old == handoff.Old || old.Endpoint != next.Endpoint);
                old = isNeeded ? old : null;
                isInstalled = isNeeded && old is null && TryInstall_NeedsLock(null, handoff, next);
                if (old is not null && !_draining.Contains(old))
                {
                    _draining.Add(old);
                }
            }

            if (old is not null)
            {
                await HoldAsync(old).ConfigureAwait(false);
                lock (_gate)
                {
                    isInstalled = TryInstall_NeedsLock(old, handoff, next);
                }

                _ = RetireAsync(handoff, old);
            }

            if (isInstalled)
            {
                var buffered = Outbox.Count;
                BeginService(next);
                ReportSuccess(handoff, next, began, buffered);
                return true;
            }

            if (old is null || _isDisposed)
            {
                next.Close(_isDisposed ? CloseReason.Disposed : CloseReason.Idle);
                return false;
            }
        }
    }

    /// <summary>The new connection serves from now on, unless something else does that has taken the old one's place.</summary>
    private bool TryInstall_NeedsLock(RedisConnection? old, Handoff handoff, RedisConnection next)
    {
        if (_isDisposed || (_current is not null && _current != old))
        {
            return false;
        }

        _current = handoff.Next = next;
        return true;
    }

    private void ReportSuccess(Handoff handoff, RedisConnection next, long began, int buffered)
    {
        var now = _context.Clock.PreciseMs;
        ClientLog.HandoffDone(_context.Log, handoff.Old.Id, next.Id, next.Endpoint, now - began);
        _context.HandoffEnded?.Invoke(new RedisHandoffEvent(
            true,
            handoff.Old.Endpoint,
            next.Endpoint,
            TimeSpan.FromMilliseconds(now - handoff.ReceivedMs),
            TimeSpan.FromMilliseconds(now - began),
            buffered,
            null));
    }

    private void ReportFailure(Handoff handoff)
    {
        var failure = LastFailure?.Message ?? "The announced time was over.";
        ClientLog.HandoffFailed(_context.Log, handoff.Old.Id, failure);
        var duration = TimeSpan.FromMilliseconds(_context.Clock.PreciseMs - handoff.ReceivedMs);
        _context.HandoffEnded?.Invoke(new RedisHandoffEvent(false, handoff.Old.Endpoint, null, duration, TimeSpan.Zero, 0, failure));
    }

    /// <summary>New commands wait until the old connection has answered, or ended and been settled, or the hold's limit is reached.</summary>
    private async Task HoldAsync(RedisConnection old)
    {
        if (Tenant is not null)
        {
            await Tenant.LeaveAsync(old).ConfigureAwait(false);
        }

        var drained = old.DrainAsync();
        if (!drained.IsCompleted)
        {
            var limit = Task.Delay(_context.Options.Maintenance.HoldLimit, _context.Options.TimeProvider, _context.Lifetime.Token);
            await Task.WhenAny(drained, limit).ConfigureAwait(false);
        }

        if (old.State == ConnectionState.Closed)
        {
            await old.Closed.ConfigureAwait(false);
        }
    }

    /// <summary>The old connection ends when it has answered everything; whatever happens, it is not waited for beyond its commands' limits.</summary>
    private async Task RetireAsync(Handoff handoff, RedisConnection old)
    {
        await Task.WhenAny(old.DrainAsync(), old.Closed).ConfigureAwait(false);
        old.Close(CloseReason.HandedOff);
        lock (_gate)
        {
            _draining.Remove(old);
        }

        _context.OnMoved(handoff.Moving, handoff.ReceivedMs);
    }

    private static bool IsHere(RedisConnection connection, ReceivedNotification moving, RedisEndpoint? named) =>
        (named is not null && connection.Endpoint == named) || MovingPlace.IsHere(moving.Target, connection.RemoteEndPoint);
}
