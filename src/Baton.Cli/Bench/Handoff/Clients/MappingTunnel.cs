using System.Net;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Baton.Cli.Bench.Handoff.Clients;

/// <summary>A tunnel as StackExchange.Redis has them: it only says where to connect to instead.</summary>
internal sealed class MappingTunnel(Func<IPEndPoint, IPEndPoint> map) : Tunnel
{
    /// <inheritdoc/>
    public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) =>
        new(endpoint is IPEndPoint address ? map(address) : endpoint);

    /// <inheritdoc/>
    public override ValueTask<Stream?> BeforeAuthenticateAsync(
        EndPoint endpoint, ConnectionType connectionType, System.Net.Sockets.Socket? socket, CancellationToken cancellationToken) => default;
}
