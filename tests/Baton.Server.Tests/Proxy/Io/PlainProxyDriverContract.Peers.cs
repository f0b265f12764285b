using System.Net;
using System.Net.Sockets;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;
using Xunit;

namespace Baton.Server.Tests.Proxy.Io;

/// <content>How a driver learns that a peer has gone.</content>
public abstract partial class PlainProxyDriverContract
{
    [Theory]
    [InlineData(0, null)]
    [InlineData(60, 60)]
    [InlineData(100_000, 32_767)]
    public async Task A_silent_peer_is_asked_by_tcp_after_the_time_that_was_set(int seconds, int? expected)
    {
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) =>
        {
            ((IConnection)connection).KeepAlive(seconds);
            return handler = new RecordingHandler(connection);
        });
        using var client = await DriverWorld.ConnectAsync(listener.Address);
        await client.SendAsync(new byte[1]);
        await DriverWorld.EventuallyAsync(() => handler?.ReceivedBytes == 1, "the first byte arrives");

        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows timers.");
        Assert.Equal(expected, KeepAliveSeconds(listener.Address.Port, ((IPEndPoint)client.LocalEndPoint!).Port));
    }

    [Fact]
    public async Task The_end_of_a_peer_shows_while_reading_is_paused_and_input_is_unread()
    {
        RecordingHandler? handler = null;
        IConnection? accepted = null;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(accepted = connection)
        {
            Receiving = static (connection, _) => connection.PauseReading(),
        });
        using var client = await DriverWorld.ConnectAsync(listener.Address);
        await client.SendAsync(new byte[1]);
        await DriverWorld.EventuallyAsync(() => handler?.ReceivedBytes == 1, "the first byte arrives");
        Assert.False(accepted!.HasPeerEnded);

        client.Shutdown(SocketShutdown.Send);

        await DriverWorld.EventuallyAsync(() => accepted.HasPeerEnded, "the end shows");
    }

    [Fact]
    public async Task The_end_of_a_peer_is_told_once_while_input_before_it_is_unread_and_the_input_is_not_lost()
    {
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(connection)
        {
            Receiving = static (connection, bytes) => (bytes.Length == 1 ? connection.PauseReading : (Action)connection.ResumeReading)(),
        });
        using var client = await DriverWorld.ConnectAsync(listener.Address);
        await client.SendAsync(new byte[1]);
        await DriverWorld.EventuallyAsync(() => handler?.ReceivedBytes == 1, "the first byte arrives");

        await client.SendAsync(new byte[10]);
        client.Shutdown(SocketShutdown.Send);

        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells.");
        await DriverWorld.EventuallyAsync(() => handler!.EndsAhead == 1, "the end is told");
        Assert.Equal(1, handler!.ReceivedBytes);
        world.Driver.Loops[0].Post(handler.Connection.ResumeReading);
        Assert.Equal(CloseReason.ClosedByPeer, await DriverWorld.ReasonAsync(() => handler));
        Assert.Equal((11, 1), (handler.ReceivedBytes, handler.EndsAhead));
    }

    /// <summary>Of the server's end, as the system shows it; null when its keepalive timer is off.</summary>
    private static int? KeepAliveSeconds(int local, int remote)
    {
        string[] row = File.ReadAllLines("/proc/net/tcp").Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Single(row => row[1].EndsWith($":{local:X4}", StringComparison.Ordinal) && row[2].EndsWith($":{remote:X4}", StringComparison.Ordinal));
        string[] timer = row[5].Split(':');
        const int KeepAliveTimer = 2;
        const double TicksPerSecond = 100;
        return Convert.ToInt32(timer[0], 16) == KeepAliveTimer ? (int)Math.Ceiling(Convert.ToInt64(timer[1], 16) / TicksPerSecond) : null;
    }
}
