using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Baton.Client;

/// <summary>Sockets, with TLS above them where it is asked for.</summary>
internal sealed class SocketTransportFactory : ITransportFactory
{
    public static readonly SocketTransportFactory Instance = new();

    private SocketTransportFactory()
    {
    }

    /// <inheritdoc/>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        [.. (await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false)).Select(RedisEndpoint.Normalize).Distinct()];

    /// <inheritdoc/>
    public async Task<ITransport> ConnectAsync(EndPoint endpoint, RedisTlsOptions? tls, string serverName, CancellationToken cancellationToken)
    {
        var socket = endpoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
            return tls is null ? new SocketTransport(socket) : await SecureAsync(socket, tls, serverName, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<ITransport> SecureAsync(Socket socket, RedisTlsOptions tls, string serverName, CancellationToken cancellationToken)
    {
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(Options(tls, serverName), cancellationToken).ConfigureAwait(false);
            return new StreamTransport(stream, SocketTransport.NormalizedRemote(socket));
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static SslClientAuthenticationOptions Options(RedisTlsOptions tls, string serverName)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = tls.ServerName ?? serverName,
            ClientCertificates = tls.ClientCertificates,
            EnabledSslProtocols = tls.Protocols,
            RemoteCertificateValidationCallback = tls.ValidateCertificate,
        };
        if (tls.TrustedRoots is { Count: > 0 } roots)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(roots);
            options.CertificateChainPolicy = policy;
        }

        return options;
    }
}
