using System.Net;
using System.Net.Sockets;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Baton.Server.Tests.Proxy.Io;

/// <summary>What every driver promises beyond <see cref="ProxyDriverContract"/> where no TLS is in between.</summary>
public abstract partial class PlainProxyDriverContract : ProxyDriverContract
{
    [Fact]
    public async Task A_half_closed_peer_gets_its_reply_when_the_handler_keeps_the_connection()
    {
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(connection)
        {
            KeepsAfterEndOfInput = true,
            EndingInput = static connection =>
            {
                connection.Output.Append("late"u8);
                connection.Close(CloseReason.ClosedByPeer, flush: true);
            },
        });
        using var client = await DriverWorld.ConnectAsync(listener.Address);

        await using var stream = new NetworkStream(client);
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal("late"u8.ToArray(), await ReadAsync(stream, 4));
        Assert.Equal(CloseReason.ClosedByPeer, await DriverWorld.ReasonAsync(() => handler));
    }

    [Fact]
    public async Task A_reset_is_noticed_while_reading_is_paused()
    {
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(connection)
        {
            Receiving = static (connection, _) => connection.PauseReading(),
        });
        var client = await DriverWorld.ConnectAsync(listener.Address);
        await client.SendAsync(new byte[1]);
        await DriverWorld.EventuallyAsync(() => handler?.ReceivedBytes == 1, "the first byte arrives");
        await client.SendAsync(new byte[64 * 1024]);

        client.LingerState = new LingerOption(true, 0);
        client.Dispose();

        Assert.Equal(CloseReason.ClosedByPeer, await DriverWorld.ReasonAsync(() => handler));
    }

    [Fact]
    public async Task A_reset_ends_a_connection_with_output_waiting()
    {
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(connection)
        {
            Receiving = static (connection, _) => connection.Output.Append(new byte[32 * 1024 * 1024]),
        });
        var client = await DriverWorld.ConnectAsync(listener.Address);
        await client.SendAsync(new byte[1]);
        await DriverWorld.EventuallyAsync(() => handler?.ReceivedBytes == 1, "the request arrives");

        client.LingerState = new LingerOption(true, 0);
        client.Dispose();

        Assert.Equal(CloseReason.ClosedByPeer, await DriverWorld.ReasonAsync(() => handler));
    }

    [Fact]
    public async Task A_closing_connection_whose_peer_does_not_read_is_ended_when_the_limit_is_reached_and_not_before()
    {
        var clock = new FakeTimeProvider();
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind, loops: 1, clock);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(connection)
        {
            Receiving = static (connection, _) =>
            {
                connection.Output.Append(new byte[64 * 1024 * 1024]);
                connection.Close(CloseReason.Quit, flush: true);
            },
        });
        using var client = await DriverWorld.ConnectAsync(listener.Address);
        await client.SendAsync(new byte[1]);
        await DriverWorld.EventuallyAsync(() => handler?.ReceivedBytes == 1, "the request arrives");
        await world.TwoTurnsAsync();

        clock.Advance(TimeSpan.FromMilliseconds(LoopConnection.FlushLimitMs - 1));
        await world.TwoTurnsAsync();
        Assert.False(handler!.Closed.IsCompleted);

        // The system's own buffers may still have taken something just now, from when on the limit counts anew.
        await DriverWorld.EventuallyAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(LoopConnection.FlushLimitMs + LoopTimers.HeartbeatMs));
                return handler.Closed.IsCompleted;
            },
            "it is ended");
        Assert.Equal(CloseReason.Quit, await DriverWorld.ReasonAsync(() => handler));
    }

    [Fact]
    public async Task An_outgoing_connection_comes_up_sends_what_was_written_before_and_receives()
    {
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => DriverWorld.Echo(connection));
        var handler = new RecordingHandler();

        var connection = await DriverWorld.On(world.Driver.Loops[0], () =>
        {
            handler.Connection = world.Driver.Loops[0].Connect(listener.Address, handler);
            handler.Connection.Output.Append("early"u8);
            return handler.Connection;
        });

        await handler.Connected.WaitAsync(Limit);
        await DriverWorld.EventuallyAsync(() => handler.ReceivedBytes == 5, "the echo arrives");
        Assert.Equal(listener.Address, connection.RemoteAddress);
        Assert.IsType<IPEndPoint>(await DriverWorld.On(world.Driver.Loops[0], () => connection.LocalAddress));
    }

    [Theory]
    [InlineData("::1")]
    [InlineData("127.0.0.1")]
    public async Task Both_address_families_listen_and_connect(string address)
    {
        await using var world = new DriverWorld(Kind);
        using var listener = world.Driver.Listen(new IPEndPoint(IPAddress.Parse(address), 0), (_, connection) => DriverWorld.Echo(connection));
        using var client = await DriverWorld.ConnectAsync(listener.Address);
        await using var stream = new NetworkStream(client);

        await stream.WriteAsync(new byte[] { 9 });

        Assert.Equal([9], await ReadAsync(stream, 1));
    }

    [Fact]
    public async Task A_unix_socket_can_be_connected_to()
    {
        string path = Path.Combine(Path.GetTempPath(), $"baton-{Environment.ProcessId}-{Kind}.sock");
        File.Delete(path);
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(path));
        server.Listen();
        await using var world = new DriverWorld(Kind);
        var handler = new RecordingHandler();

        _ = await DriverWorld.On(world.Driver.Loops[0], () => handler.Connection =
            world.Driver.Loops[0].Connect(new UnixDomainSocketEndPoint(path), handler));
        using var accepted = await server.AcceptAsync().WaitAsync(Limit);
        await accepted.SendAsync(new byte[3]);

        await handler.Connected.WaitAsync(Limit);
        await DriverWorld.EventuallyAsync(() => handler.ReceivedBytes == 3, "the bytes arrive");
        File.Delete(path);
    }

    [Fact]
    public async Task A_refused_connection_is_told_with_the_address()
    {
        var nobody = ClosedPort();
        await using var world = new DriverWorld(Kind);
        var handler = new RecordingHandler();

        _ = await DriverWorld.On(world.Driver.Loops[0], () => world.Driver.Loops[0].Connect(nobody, handler));

        var (reason, detail) = await handler.Closed.WaitAsync(Limit);
        Assert.Equal(CloseReason.SocketError, reason);
        Assert.Contains(nobody.ToString(), detail, StringComparison.Ordinal);
        Assert.False(handler.Connected.IsCompleted);
    }

    [Fact]
    public async Task Connecting_to_a_black_hole_ends_when_the_caller_closes_it()
    {
        // TEST-NET-1 (RFC 5737): nobody answers there.
        var hole = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 6379);
        await using var world = new DriverWorld(Kind, loops: 1);
        var handler = new RecordingHandler();

        var connection = await DriverWorld.On(world.Driver.Loops[0], () => world.Driver.Loops[0].Connect(hole, handler));
        world.Driver.Loops[0].Post(() => connection.Close(CloseReason.UpstreamLost));

        Assert.Contains((await handler.Closed.WaitAsync(Limit)).Reason, new[] { CloseReason.UpstreamLost, CloseReason.SocketError });
        await DriverWorld.On(world.Driver.Loops[0], () => 0);
        Assert.Equal(1, handler.ClosedCalls);
    }

    [Fact]
    public async Task Actions_run_in_the_order_each_thread_posted_them()
    {
        const int Threads = 8;
        const int Each = 2_000;
        int[] last = new int[Threads];
        int outOfOrder = 0;
        await using var world = new DriverWorld(Kind, loops: 1);
        var loop = world.Driver.Loops[0];

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (int i = 1; i <= Each; i++)
            {
                int number = i;
                loop.Post(() =>
                {
                    outOfOrder += last[thread] == number - 1 ? 0 : 1;
                    last[thread] = number;
                });
            }
        })));
        int failures = await DriverWorld.On(loop, () => outOfOrder);

        Assert.Equal(0, failures);
        Assert.All(last, number => Assert.Equal(Each, number));
    }

    [Fact]
    public async Task Timers_run_in_the_order_of_their_time_not_before_it_and_not_when_cancelled()
    {
        var clock = new FakeTimeProvider();
        var ran = new List<string>();
        await using var world = new DriverWorld(Kind, loops: 1, clock);
        var loop = world.Driver.Loops[0];
        _ = await DriverWorld.On(loop, () =>
        {
            loop.At(30, () => ran.Add("30"));
            loop.At(15, () => ran.Add("15"));
            loop.At(20, () => ran.Add("20, set later"));
            loop.At(20, () => ran.Add("cancelled")).Dispose();
            return 0;
        });

        clock.Advance(TimeSpan.FromMilliseconds(19));
        Assert.Empty(await SeenAsync());
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["15", "20, set later"], await SeenAsync());
        clock.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(["15", "20, set later", "30"], await SeenAsync());

        // Two turns: an action of the first is posted before that turn's timers have run.
        async Task<string[]> SeenAsync()
        {
            await DriverWorld.On(loop, () => 0);
            return await DriverWorld.On(loop, () => ran.ToArray());
        }
    }

    [Fact]
    public async Task An_exception_in_an_action_or_timer_is_reported_and_the_loop_goes_on()
    {
        await using var world = new DriverWorld(Kind, loops: 1);
        var loop = world.Driver.Loops[0];

        loop.Post(() => throw new InvalidOperationException("posted"));
        loop.Post(() => loop.At(0, () => throw new InvalidOperationException("timed")));

        await DriverWorld.EventuallyAsync(() => world.Reports.Count == 2, "both are reported");
        Assert.Equal(1, await DriverWorld.On(loop, () => 1));
    }

    [Fact]
    public async Task Disposing_a_listener_frees_the_port_and_leaves_its_connections()
    {
        await using var world = new DriverWorld(Kind);
        var first = Listen(world, (_, connection) => DriverWorld.Echo(connection));
        await using var old = await OpenAsync(first.Address);
        await old.WriteAsync(new byte[] { 1 });
        _ = await ReadAsync(old, 1);

        first.Dispose();
        using var second = world.Driver.Listen(first.Address, (_, connection) => DriverWorld.Echo(connection));
        await using var young = await OpenAsync(second.Address);
        await young.WriteAsync(new byte[] { 2 });
        await old.WriteAsync(new byte[] { 3 });

        Assert.Equal([2], await ReadAsync(young, 1));
        Assert.Equal([3], await ReadAsync(old, 1));
    }

    [Fact]
    public async Task A_taken_address_is_refused_by_name()
    {
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => DriverWorld.Echo(connection));

        var exception = Assert.Throws<SocketException>(() => world.Driver.Listen(listener.Address, (_, connection) => DriverWorld.Echo(connection)));

        Assert.Equal(SocketError.AddressAlreadyInUse, exception.SocketErrorCode);
    }

    [Fact]
    public async Task A_thousand_connections_come_and_go_in_random_order_and_no_descriptor_stays()
    {
        int seed = Environment.ProcessId;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        int opened = 0;
        int closed = 0;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) =>
        {
            Interlocked.Increment(ref opened);
            return new ClosedCounter(connection, () => Interlocked.Increment(ref closed));
        });
        using (await OpenAsync(listener.Address))
        {
            await DriverWorld.EventuallyAsync(() => opened == 1, "the first is accepted");
        }

        await DriverWorld.EventuallyAsync(() => closed == 1, "the first is closed");
        int before = OpenDescriptors(listener.Address.Port);

        var clients = new List<Stream>();
        for (int left = 1000; left > 0 || clients.Count > 0;)
        {
            if (left > 0 && (clients.Count == 0 || random.Next(100) < 55))
            {
                clients.Add(await OpenAsync(listener.Address));
                left--;
                continue;
            }

            int index = random.Next(clients.Count);
            var client = clients[index];
            clients.RemoveAt(index);
            if (random.Next(2) == 0)
            {
                await client.WriteAsync(new byte[] { 5 });
                Assert.Equal([5], await ReadAsync(client, 1));
            }

            await client.DisposeAsync();
        }

        await DriverWorld.EventuallyAsync(() => closed == 1001, $"all are closed (seed {seed})");
        await DriverWorld.EventuallyAsync(() => OpenDescriptors(listener.Address.Port) <= before, $"no descriptor stays (seed {seed})");
        Assert.Equal(1001, opened);
    }

    private protected override IListener Listen(DriverWorld world, AcceptHandler accept) => world.Driver.Listen(DriverWorld.AnyLoopbackPort, accept);

    private protected override async Task<Stream> OpenAsync(IPEndPoint address, int receiveBuffer = 0) =>
        new NetworkStream(await DriverWorld.ConnectAsync(address, receiveBuffer), ownsSocket: true);

    private static IPEndPoint ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(DriverWorld.AnyLoopbackPort);
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    // Other tests run in this process too, so the count is of our own port: sockets the system shows as established or half closed on it.
    private static int OpenDescriptors(int port)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        string local = $":{port:X4} ";
        var inodes = File.ReadLines("/proc/self/net/tcp")
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => (columns[1] + " ").EndsWith(local, StringComparison.Ordinal) && columns[9] != "0")
            .Select(static columns => $"socket:[{columns[9]}]")
            .ToHashSet();
        return Directory.EnumerateFiles("/proc/self/fd").Count(fd => new FileInfo(fd).LinkTarget is { } name && inodes.Contains(Path.GetFileName(name)));
    }

    private sealed class ClosedCounter(IConnection connection, Action onClosed) : IConnectionHandler
    {
        public void OnConnected()
        {
        }

        public void OnReceived(ReadOnlySpan<byte> bytes) => connection.Output.Append(bytes);

        public void OnOutputDrained()
        {
        }

        public void OnClosed(CloseReason reason, string? detail) => onClosed();
    }
}
