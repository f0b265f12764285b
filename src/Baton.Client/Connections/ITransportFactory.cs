using System.Net;

namespace Baton.Client;

/// <summary>Where transports come from: sockets, or memory in tests. Also the resolver, so that tests move DNS.</summary>
internal interface ITransportFactory
{
    /// <summary>The addresses of a name, normalised, in the resolver's order.</summary>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);

    /// <summary>Connects, TLS included.</summary>
    /// <param name="endpoint">The address (or unix socket).</param>
    /// <param name="tls">TLS, null for none.</param>
    /// <param name="serverName">The name the certificate must be for.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<ITransport> ConnectAsync(EndPoint endpoint, RedisTlsOptions? tls, string serverName, CancellationToken cancellationToken);

    /// <summary>The same for a connection that carries many commands at a time, and may be worth an <see cref="IBlockingTransport"/>.</summary>
    Task<ITransport> ConnectSharedAsync(EndPoint endpoint, RedisTlsOptions? tls, string serverName, CancellationToken cancellationToken) =>
        ConnectAsync(endpoint, tls, serverName, cancellationToken);
}
