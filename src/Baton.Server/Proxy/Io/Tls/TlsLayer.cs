using System.Net;
using System.Net.Security;

namespace Baton.Server.Proxy.Io.Tls;

/// <summary>
/// TLS over any driver: what it adds sits between a connection and its handler, so neither knows of the other's bytes. A handshake
/// that fails or
/// takes longer than <see cref="HandshakeLimitMs"/> ends the connection with <see cref="CloseReason.TlsFailed"/>.
/// </summary>
public static class TlsLayer
{
    /// <summary>Milliseconds a handshake may take.</summary>
    public const int HandshakeLimitMs = 10_000;

    /// <summary>Wraps what <see cref="IProxyDriver.Listen"/> is given: <paramref name="accept"/> sees plain bytes.</summary>
    public static AcceptHandler Accept(SslServerAuthenticationOptions options, AcceptHandler accept)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(accept);
        return (loop, wire) =>
        {
            var connection = new TlsConnection(loop, (ssl, token) => ssl.AuthenticateAsServerAsync(options, token));
            connection.Over(wire);
            connection.Attach(accept(loop, connection));
            connection.BeginHandshake();
            return connection;
        };
    }

    /// <summary>As <see cref="ILoop.Connect"/>; <see cref="IConnectionHandler.OnConnected"/> comes when the handshake is done.</summary>
    public static IConnection Connect(ILoop loop, EndPoint address, SslClientAuthenticationOptions options, IConnectionHandler handler)
    {
        ArgumentNullException.ThrowIfNull(loop);
        ArgumentNullException.ThrowIfNull(options);
        var connection = new TlsConnection(loop, (ssl, token) => ssl.AuthenticateAsClientAsync(options, token));
        connection.Attach(handler);
        connection.Over(loop.Connect(address, connection));
        return connection;
    }
}
