using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Baton.Client.StackExchangeRedis;

/// <summary>The hook StackExchange.Redis connects through: it gets a stream that outlives the sockets beneath it.</summary>
internal sealed class HandoffTunnel(HandoffSettings settings) : Tunnel
{
    private readonly ConcurrentDictionary<EndPoint, LogicalEndpoint> _endpoints = new();

    /// <summary>No socket of StackExchange.Redis' own.</summary>
    public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public override async ValueTask<Stream?> BeforeAuthenticateAsync(
        EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
    {
        if (settings.Configuration.Ssl)
        {
            throw new InvalidOperationException("Set Ssl and everything else of the options before UseBatonHandoffs is called: it owns TLS.");
        }

        var logical = _endpoints.GetOrAdd(endpoint, static (key, shared) => new LogicalEndpoint(key, shared), settings);
        var connector = new Connector(settings, logical, connectionType);
        var link = await connector.ConnectAnyAsync(cancellationToken).ConfigureAwait(false);
        return new HandoffStream(settings, logical, connector, link, connectionType);
    }
}
