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

    /// <inheritdoc/>
    public async Task<ITransport> ConnectSharedAsync(
        EndPoint endpoint, RedisTlsOptions? tls, string serverName, CancellationToken cancellationToken)
    {
        if (tls is not null || endpoint is not IPEndPoint || !ThreadedSocketTransport.TryReserve())
        {
            return await ConnectAsync(endpoint, tls, serverName, cancellationToken).ConfigureAwait(false);
        }

        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await ConnectBlockingAsync(socket, endpoint, cancellationToken).ConfigureAwait(false);
            return new ThreadedSocketTransport(socket);
        }
        catch
        {
            ThreadedSocketTransport.CancelReservation();
            socket.Dispose();
            throw;
        }
    }

    /// <summary>An asynchronous call of any kind would take the socket out of blocking mode for good.</summary>
    private static async Task ConnectBlockingAsync(Socket socket, EndPoint endpoint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var connecting = Task.Factory.StartNew(
            () => socket.Connect(endpoint), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Whoever disposes the socket now ends the attempt, whose error is nobody's.
            _ = connecting.ContinueWith(
                static attempt => _ = attempt.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
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
