using System.Net;
using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>
/// Moving when told: the new connection is made and greeted first; then new commands wait for the old one's last replies, and go on over the new
/// one. When the new place cannot be reached, the old connection serves on.
/// </summary>
internal sealed partial class ConnectionSlot
{
    /// <summary>Connections of many clients do not come all at once: each waits a random part of this part of the window ...</summary>
    private const double JitterPart = 0.1;

    /// <summary>... and at most this.</summary>
    private static readonly TimeSpan MostJitter = TimeSpan.FromSeconds(1);

    /// <summary>Between attempts while the old connection serves.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

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
        Handoff handoff;
        lock (_gate)
        {
            // What a connection says that has been left already, or what was acted on, is old news.
            if (_isDisposed || connection != _current || _handoff?.IsFor(moving) == true || IsHere(connection, moving.Target))
            {
                return;
            }

            _handoff?.Supersede();
            var cancellation = CancellationTokenSource.CreateLinkedTokenSource(_context.Lifetime.Token);
            handoff = _handoff = new Handoff(moving, connection, receivedMs, cancellation);
        }

        if (Named(moving) is { } named)
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
        ClientLog.HandoffBegan(_context.Log, handoff.Old.Id, handoff.Moving.Sequence ?? -1, Named(handoff.Moving)?.ToString() ?? "(no place named)");
        try
        {
            var next = Named(handoff.Moving) is { } named
                ? await ReachNamedAsync(handoff, named).ConfigureAwait(false)
                : await ReachAgainAsync(handoff).ConfigureAwait(false);
            if (next is null)
            {
                ReportFailure(handoff);
            }
            else
            {
                await SwitchAsync(handoff, next).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // A newer MOVING counts, or the client is gone.
        }
    }

    /// <summary>A connection to the named place; while it cannot be reached, to another address of the configured name. Null when time is over.</summary>
    private async Task<RedisConnection?> ReachNamedAsync(Handoff handoff, RedisEndpoint named)
    {
        var most = TimeSpan.FromMilliseconds(handoff.WindowMs * JitterPart);
        await DelayAsync(_context.RandomPart(most < MostJitter ? most : MostJitter), handoff.Token).ConfigureAwait(false);
        while (true)
        {
            if (await TryReachAsync(handoff, named, null).ConfigureAwait(false) is { } next)
            {
                return next;
            }

            foreach (var (place, address) in await OtherAddressesAsync(handoff).ConfigureAwait(false))
            {
                if (await TryReachAsync(handoff, place, address).ConfigureAwait(false) is { } other)
                {
                    return other;
                }
            }

            if (IsOver(handoff))
            {
                return null;
            }

            await DelayAsync(_context.Jittered(RetryPause), handoff.Token).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// No place was named: at half the time the configured place is connected to again, earlier as soon as its name resolves elsewhere; and as long
    /// as it led to the old address, the name is looked up until the time is over.
    /// </summary>
    private async Task<RedisConnection?> ReachAgainAsync(Handoff handoff)
    {
        var half = handoff.ReceivedMs + (handoff.WindowMs / 2);
        while (true)
        {
            foreach (var (place, address) in await OtherAddressesAsync(handoff).ConfigureAwait(false))
            {
                if (await TryReachAsync(handoff, place, address).ConfigureAwait(false) is { } moved)
                {
                    return moved;
                }
            }

            var now = _context.Clock.PreciseMs;
            if (now >= half)
            {
                foreach (var place in _context.Book.Configured)
                {
                    if (await TryReachAsync(handoff, place, null).ConfigureAwait(false) is { } again)
                    {
                        FollowName(handoff, again);
                        return again;
                    }
                }

                if (IsOver(handoff))
                {
                    return null;
                }
            }

            var untilHalf = TimeSpan.FromMilliseconds(Math.Max(1, half - now));
            var poll = _context.Options.Maintenance.DnsPoll;
            await DelayAsync(now < half && untilHalf < poll ? untilHalf : now < half ? poll : _context.Jittered(RetryPause), handoff.Token)
                .ConfigureAwait(false);
        }
    }

    /// <summary>The new connection may have reached the old place once more: then the name is watched until the time is over.</summary>
    private void FollowName(Handoff handoff, RedisConnection again)
    {
        if (Equals(again.RemoteEndPoint, handoff.Old.RemoteEndPoint) && handoff.Old.RemoteEndPoint is IPEndPoint && !IsOver(handoff))
        {
            _ = FollowNameAsync(new Handoff(handoff.Moving, again, handoff.ReceivedMs, CancellationTokenSource.CreateLinkedTokenSource(handoff.Token)));
        }
    }

    private async Task FollowNameAsync(Handoff handoff)
    {
        try
        {
            while (!IsOver(handoff) && handoff.Old.State != ConnectionState.Closed)
            {
                await DelayAsync(_context.Options.Maintenance.DnsPoll, handoff.Token).ConfigureAwait(false);
                foreach (var (place, address) in await OtherAddressesAsync(handoff).ConfigureAwait(false))
                {
                    if (await TryReachAsync(handoff, place, address).ConfigureAwait(false) is { } moved)
                    {
                        await SwitchAsync(handoff, moved).ConfigureAwait(false);
                        return;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // A newer MOVING counts, or the client is gone.
        }
    }

    /// <summary>From the old connection to the new one, at a command boundary, in order.</summary>
    private async Task SwitchAsync(Handoff handoff, RedisConnection next)
    {
        var old = handoff.Old;
        var began = _context.Clock.PreciseMs;
        lock (_gate)
        {
            if (_isDisposed || _current != old)
            {
                // The old one ended meanwhile; the new one takes its place if nobody else has.
                if (_current is null && !_isDisposed)
                {
                    _current = next;
                }
            }
            else
            {
                _draining.Add(old);
            }
        }

        if (_current == old)
        {
            await HoldAsync(old).ConfigureAwait(false);
            lock (_gate)
            {
                if (_current == old || (_current is null && !_isDisposed))
                {
                    _current = next;
                }
            }
        }

        if (_current != next)
        {
            next.Close(_isDisposed ? CloseReason.Disposed : CloseReason.Idle);
            return;
        }

        var (now, buffered) = (_context.Clock.PreciseMs, Outbox.Count);
        BeginService(next);
        ClientLog.HandoffDone(_context.Log, old.Id, next.Id, next.Endpoint, now - began);
        _context.HandoffEnded?.Invoke(new RedisHandoffEvent(
            true,
            old.Endpoint,
            next.Endpoint,
            TimeSpan.FromMilliseconds(now - handoff.ReceivedMs),
            TimeSpan.FromMilliseconds(now - began),
            buffered,
            null));
        _ = RetireAsync(old);
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
    private async Task RetireAsync(RedisConnection old)
    {
        await Task.WhenAny(old.DrainAsync(), old.Closed).ConfigureAwait(false);
        old.Close(CloseReason.HandedOff);
        lock (_gate)
        {
            _draining.Remove(old);
        }

        _context.OnMoved();
    }

    private async Task<RedisConnection?> TryReachAsync(Handoff handoff, RedisEndpoint place, IPAddress? address)
    {
        var left = TimeSpan.FromMilliseconds(Math.Max(1, handoff.DeadlineMs - _context.Clock.PreciseMs));
        var limit = _context.Options.Maintenance.HandoffTimeout;
        try
        {
            return await _context.Dialer.ConnectAsync(
                address is null ? place : new RedisEndpoint(address.ToString(), place.Port), this, Session, left < limit ? left : limit, handoff.Token)
                .ConfigureAwait(false);
        }
        catch (RedisConnectFailedException e)
        {
            Volatile.Write(ref _lastFailure, e);
            ClientLog.HandoffAttemptFailed(_context.Log, handoff.Old.Id, e.Message);
            return null;
        }
    }

    /// <summary>Addresses the configured names have now, other than the one that is being left.</summary>
    private async Task<List<(RedisEndpoint Place, IPAddress Address)>> OtherAddressesAsync(Handoff handoff)
    {
        var others = new List<(RedisEndpoint, IPAddress)>();
        if (handoff.Old.RemoteEndPoint is not IPEndPoint remote)
        {
            return others;
        }

        foreach (var place in _context.Book.Configured.Where(static place => !place.IsUnixSocket))
        {
            try
            {
                var addresses = await _context.Dialer.ResolveAsync(place, handoff.Token).ConfigureAwait(false);
                others.AddRange(addresses
                    .Where(address => !address.Equals(remote.Address) || place.Port != remote.Port)
                    .Select(address => (place, address)));
            }
            catch (System.Net.Sockets.SocketException)
            {
                // A name that does not resolve names no other address.
            }
        }

        return others;
    }

    private bool IsOver(Handoff handoff) => _context.Clock.PreciseMs >= handoff.DeadlineMs;

    private static bool IsHere(RedisConnection connection, MovingAddress? target) =>
        target is not null && connection.RemoteEndPoint is IPEndPoint remote && remote.Port == target.Port
        && new RedisEndpoint(target.Host, target.Port).Address is { } address && address.Equals(remote.Address);

    private RedisEndpoint? Named(ReceivedNotification moving)
    {
        if (moving.Target is not { } target)
        {
            return null;
        }

        var named = new RedisEndpoint(target.Host, target.Port);
        return _context.Options.Maintenance.MapEndpoint?.Invoke(named) ?? named;
    }

    private Task DelayAsync(TimeSpan pause, CancellationToken cancellationToken) =>
        pause <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(pause, _context.Options.TimeProvider, cancellationToken);
}
