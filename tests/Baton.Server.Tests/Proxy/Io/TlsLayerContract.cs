using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Io.Tls;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Baton.Server.Tests.Proxy.Io;

/// <summary>What <see cref="TlsLayer"/> promises over every driver: all of <see cref="ProxyDriverContract"/>, and this.</summary>
public abstract class TlsLayerContract : ProxyDriverContract
{
    private static readonly X509Certificate2 Certificate = MakeCertificate();

    [Fact]
    public async Task A_peer_that_does_not_speak_tls_is_closed_as_failed()
    {
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(connection));
        using var client = await DriverWorld.ConnectAsync(listener.Address);

        await client.SendAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray());

        Assert.Equal(CloseReason.TlsFailed, await DriverWorld.ReasonAsync(() => handler));
        Assert.Equal(0, handler!.ReceivedBytes);
    }

    [Fact]
    public async Task A_peer_that_leaves_during_the_handshake_is_closed_as_failed()
    {
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(connection));
        var client = await DriverWorld.ConnectAsync(listener.Address);
        await DriverWorld.EventuallyAsync(() => handler is not null, "it is accepted");

        client.Dispose();

        Assert.Equal(CloseReason.TlsFailed, await DriverWorld.ReasonAsync(() => handler));
    }

    [Fact]
    public async Task A_peer_that_says_nothing_is_closed_when_the_limit_of_the_handshake_is_reached_and_not_before()
    {
        var clock = new FakeTimeProvider();
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind, loops: 1, clock);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(connection));
        using var client = await DriverWorld.ConnectAsync(listener.Address);
        await DriverWorld.EventuallyAsync(() => handler is not null, "it is accepted");

        clock.Advance(TimeSpan.FromMilliseconds(TlsLayer.HandshakeLimitMs - 1));
        await world.TwoTurnsAsync();
        Assert.False(handler!.Closed.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await world.TwoTurnsAsync();

        Assert.Equal(CloseReason.TlsFailed, await DriverWorld.ReasonAsync(() => handler));
    }

    [Fact]
    public async Task An_outgoing_connection_comes_up_after_its_handshake()
    {
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => DriverWorld.Echo(connection));
        var handler = new RecordingHandler();

        _ = await DriverWorld.On(world.Driver.Loops[0], () =>
        {
            handler.Connection = TlsLayer.Connect(world.Driver.Loops[0], listener.Address, TrustingClient(), handler);
            handler.Connection.Output.Append("early"u8);
            return 0;
        });

        await handler.Connected.WaitAsync(Limit);
        await DriverWorld.EventuallyAsync(() => handler.ReceivedBytes == 5, "the echo arrives");
    }

    [Fact]
    public async Task An_outgoing_connection_that_does_not_trust_its_peer_fails()
    {
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => DriverWorld.Echo(connection));
        var handler = new RecordingHandler();
        var suspicious = TrustingClient();
        suspicious.RemoteCertificateValidationCallback = static (_, _, _, _) => false;

        _ = await DriverWorld.On(world.Driver.Loops[0], () => TlsLayer.Connect(world.Driver.Loops[0], listener.Address, suspicious, handler));

        var (reason, detail) = await handler.Closed.WaitAsync(Limit);
        Assert.Equal(CloseReason.TlsFailed, reason);
        Assert.NotNull(detail);
        Assert.False(handler.Connected.IsCompleted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public async Task The_end_of_a_peer_is_told_while_input_before_it_is_unread(int unread)
    {
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(connection)
        {
            Receiving = static (connection, _) => connection.PauseReading(),
        });
        var socket = await DriverWorld.ConnectAsync(listener.Address);
        await using var client = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await client.AuthenticateAsClientAsync(TrustingClient()).WaitAsync(Limit);
        await client.WriteAsync(new byte[1]);
        await DriverWorld.EventuallyAsync(() => handler?.ReceivedBytes == 1, "the first byte arrives");

        await client.WriteAsync(new byte[unread]);
        socket.Shutdown(SocketShutdown.Send);

        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells.");
        await DriverWorld.EventuallyAsync(() => handler!.EndsAhead > 0, "the end is told");
        Assert.False(handler!.Closed.IsCompleted);
    }

    private protected override IListener Listen(DriverWorld world, AcceptHandler accept) => world.Driver.Listen(
        DriverWorld.AnyLoopbackPort, TlsLayer.Accept(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, accept));

    private protected override async Task<Stream> OpenAsync(IPEndPoint address, int receiveBuffer = 0)
    {
        var stream = new SslStream(new NetworkStream(await DriverWorld.ConnectAsync(address, receiveBuffer), ownsSocket: true));
        await stream.AuthenticateAsClientAsync(TrustingClient()).WaitAsync(Limit);
        return stream;
    }

    private static SslClientAuthenticationOptions TrustingClient() => new()
    {
        TargetHost = "baton.test",
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=baton.test",
    };

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=baton.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
