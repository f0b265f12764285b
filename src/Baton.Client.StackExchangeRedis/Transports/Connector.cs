using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Baton.Client.StackExchangeRedis;

/// <summary>Makes connections for one stream; not greeted yet.</summary>
internal sealed class Connector(HandoffSettings settings, LogicalEndpoint logical, ConnectionType connectionType) : IHandoffSurroundings
{
    private readonly TunnelTransports _transports = new TunnelTransports(settings, logical.EndPoint, connectionType);

    MaintenanceOptions IHandoffSurroundings.HandoffOptions => settings.Maintenance;

    TimeProvider IHandoffSurroundings.Time => settings.Time;

    long IHandoffSurroundings.NowMs => logical.NowMs;

    EndpointBook IHandoffSurroundings.Book => logical.Book;

    TimeSpan IHandoffSurroundings.RandomPart(TimeSpan most) => settings.RandomPart(most);

    /// <summary>Tries each known place once, best first. The last one has all the time that is left.</summary>
    /// <exception cref="SocketException">None takes a connection; it is the last one's error.</exception>
    public async Task<Link> ConnectAnyAsync(CancellationToken cancellationToken)
    {
        var places = logical.Candidates();
        var share = TimeSpan.FromMilliseconds((double)settings.Configuration.ConnectTimeout / places.Length);
        foreach (var place in places[..^1])
        {
            using var limit = new CancellationTokenSource(share, settings.Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                return await ConnectAsync(place, both.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && IsConnectFailure(e))
            {
                // The next place; what was learnt stays, for a server that starts again is back soon.
            }
        }

        return await ConnectAsync(places[^1], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A connection to a place; a name with several addresses is tried address by address.</summary>
    public async Task<Link> ConnectAsync(RedisEndpoint place, CancellationToken cancellationToken)
    {
        var targets = await TargetsAsync(place, cancellationToken).ConfigureAwait(false);
        for (var index = 0; ; index++)
        {
            try
            {
                var transport = await _transports.ConnectAsync(targets[index], null, place.Host, cancellationToken).ConfigureAwait(false);
                return new Link(logical.NextId(), transport, place, settings.Time);
            }
            catch (Exception e) when (index + 1 < targets.Length && !cancellationToken.IsCancellationRequested && IsConnectFailure(e))
            {
                // The next address of the name; the last one's error is the one that is told.
            }
        }
    }

    /// <summary>The addresses of a place now; none for a unix socket, and where the user's tunnel resolves names.</summary>
    public async Task<IPAddress[]> ResolveAsync(RedisEndpoint place, CancellationToken cancellationToken) =>
        place.IsUnixSocket || settings.Inner is not null ? []
        : place.Address is { } address ? [address]
        : await _transports.ResolveAsync(place.Host, cancellationToken).ConfigureAwait(false);

    /// <summary>True for what a place that cannot be reached, or is not what it should be, throws.</summary>
    public static bool IsConnectFailure(Exception e) =>
        e is SocketException or IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException
            or ObjectDisposedException or StackExchange.Redis.RedisConnectionException or Baton.Protocol.Resp.RespFormatException;

    private async Task<EndPoint[]> TargetsAsync(RedisEndpoint place, CancellationToken cancellationToken)
    {
        if (place.IsUnixSocket)
        {
            return [new UnixDomainSocketEndPoint(place.Host)];
        }

        if (place.Address is { } address)
        {
            return [new IPEndPoint(address, place.Port)];
        }

        if (settings.Inner is not null)
        {
            return [new DnsEndPoint(place.Host, place.Port)];
        }

        var addresses = await _transports.ResolveAsync(place.Host, cancellationToken).ConfigureAwait(false);
        return addresses.Length == 0
            ? throw new SocketException((int)SocketError.HostNotFound)
            : [.. addresses.Select(found => new IPEndPoint(found, place.Port))];
    }
}
