using System.Net;
using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>How a handoff finds and reaches the place to go to, while the old connection serves.</summary>
internal sealed partial class ConnectionSlot
{
    /// <summary>Connections of many clients do not come all at once: each waits a random part of this part of the window ...</summary>
    private const double JitterPart = 0.1;

    /// <summary>... and at most this.</summary>
    private static readonly TimeSpan MostJitter = TimeSpan.FromSeconds(1);

    /// <summary>Between attempts while the old connection serves.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

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

    /// <summary>
    /// The new connection may have reached the old place once more: then the name is watched until the time is over. Null when it was never
    /// seen to lead elsewhere.
    /// </summary>
    private async Task<RedisConnection?> FollowNameAsync(Handoff handoff, RedisConnection again)
    {
        if (again.RemoteEndPoint is not IPEndPoint || !again.RemoteEndPoint.Equals(handoff.Old.RemoteEndPoint))
        {
            return null;
        }

        while (!IsOver(handoff) && again.State != ConnectionState.Closed)
        {
            await DelayAsync(_context.Options.Maintenance.DnsPoll, handoff.Token).ConfigureAwait(false);
            foreach (var (place, address) in await OtherAddressesAsync(handoff).ConfigureAwait(false))
            {
                if (await TryReachAsync(handoff, place, address).ConfigureAwait(false) is { } moved)
                {
                    return moved;
                }
            }
        }

        return null;
    }

    private async Task<RedisConnection?> TryReachAsync(Handoff handoff, RedisEndpoint place, IPAddress? address)
    {
        var left = TimeSpan.FromMilliseconds(Math.Max(1, handoff.DeadlineMs - _context.Clock.PreciseMs));
        var limit = _context.Options.Maintenance.HandoffTimeout;
        try
        {
            limit = left < limit ? left : limit;
            var next = await _context.Dialer.ConnectAsync(
                address is null ? place : new RedisEndpoint(address.ToString(), place.Port), this, Session, limit, handoff.Token).ConfigureAwait(false);
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

    private static bool IsHere(RedisConnection connection, MovingAddress? target, RedisEndpoint? named) =>
        (named is not null && connection.Endpoint == named)
        || (target is not null && connection.RemoteEndPoint is IPEndPoint remote && remote.Port == target.Port
            && new RedisEndpoint(target.Host, target.Port).Address is { } address && address.Equals(remote.Address));

    private Task DelayAsync(TimeSpan pause, CancellationToken cancellationToken) =>
        pause <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(pause, _context.Options.TimeProvider, cancellationToken);
}
