using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Baton.Client.StackExchangeRedis;

/// <summary>Sockets as StackExchange.Redis makes them, through the user's own tunnel where there is one, with TLS above.</summary>
internal sealed class TunnelTransports(HandoffSettings settings, EndPoint logical, ConnectionType connectionType) : ITransportFactory
{
    /// <inheritdoc/>
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => settings.Resolve(host, cancellationToken);

    /// <inheritdoc/>
    public async Task<ITransport> ConnectAsync(EndPoint endpoint, RedisTlsOptions? tls, string serverName, CancellationToken cancellationToken)
    {
        var target = settings.Inner is null ? endpoint
            : await settings.Inner.GetSocketConnectEndpointAsync(endpoint, cancellationToken).ConfigureAwait(false);
        var socket = target is null ? null : Create(target);
        Stream? stream = null;
        try
        {
            if (socket is not null)
            {
                await ConnectAsync(socket, endpoint, target!, cancellationToken).ConfigureAwait(false);
            }

            stream = settings.Inner is null ? null
                : await settings.Inner.BeforeAuthenticateAsync(endpoint, connectionType, socket, cancellationToken).ConfigureAwait(false);
            var remote = socket is null || settings.Inner is not null ? null : SocketTransport.NormalizedRemote(socket);
            if (settings.Tls is null)
            {
                return stream is null ? new SocketTransport(Made(socket)) : new StreamTransport(stream, remote);
            }

            stream ??= new NetworkStream(Made(socket), ownsSocket: true);
            return new StreamTransport(await settings.Tls.SecureAsync(stream, logical, cancellationToken).ConfigureAwait(false), remote);
        }
        catch
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }

            socket?.Dispose();
            throw;
        }
    }

    private static Socket Made(Socket? socket) =>
        socket ?? throw new InvalidOperationException("The configured Tunnel made neither a socket nor a stream.");

    private Socket Create(EndPoint target)
    {
        if (target is UnixDomainSocketEndPoint)
        {
            return new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        }

        var socket = target.AddressFamily == AddressFamily.Unspecified
            ? new Socket(SocketType.Stream, ProtocolType.Tcp)
            : new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        if (settings.Configuration.TcpKeepAlive)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        }

        return socket;
    }

    private async Task ConnectAsync(Socket socket, EndPoint endpoint, EndPoint target, CancellationToken cancellationToken)
    {
        settings.Configuration.BeforeSocketConnect?.Invoke(endpoint, connectionType, socket);
        if (settings.Inner is not null)
        {
            await settings.Inner.BeforeSocketConnectAsync(target, connectionType, socket, cancellationToken).ConfigureAwait(false);
        }

        await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
    }
}
