using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;
using Xunit;

namespace Baton.Server.Tests.Proxy.Io;

/// <summary>What every driver promises about moving bytes and ending connections.</summary>
public abstract class ProxyDriverContract
{
    private protected static readonly TimeSpan Limit = DriverWorld.Limit;

    private protected abstract ProxyDriverKind Kind { get; }

    [Fact]
    public async Task What_is_received_and_appended_comes_back()
    {
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => DriverWorld.Echo(connection));
        await using var client = await OpenAsync(listener.Address);

        await client.WriteAsync("hello"u8.ToArray());

        Assert.Equal("hello"u8.ToArray(), await ReadAsync(client, 5));
    }

    [Fact]
    public async Task Big_transfers_arrive_whole_both_ways()
    {
        byte[] sent = new byte[8 * 1024 * 1024];
        new Random(7).NextBytes(sent);
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => DriverWorld.Echo(connection));
        await using var client = await OpenAsync(listener.Address);

        var writing = client.WriteAsync(sent).AsTask();
        byte[] received = await ReadAsync(client, sent.Length);
        await writing.WaitAsync(Limit);

        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
    }

    [Fact]
    public async Task A_slow_reader_gets_everything_and_the_handler_learns_when_it_is_sent()
    {
        const int Total = 16 * 1024 * 1024;
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(connection)
        {
            Receiving = static (connection, _) =>
            {
                connection.Output.GetSpan(Total)[..Total].Fill(42);
                connection.Output.Advance(Total);
            },
        });
        await using var client = await OpenAsync(listener.Address, receiveBuffer: 8192);

        await client.WriteAsync("go"u8.ToArray());
        await DriverWorld.EventuallyAsync(() => handler?.ReceivedBytes > 0, "the request arrives");
        Assert.False(handler!.Drained.IsCompleted);
        byte[] received = await ReadAsync(client, Total);

        Assert.True(received.AsSpan().IndexOfAnyExcept((byte)42) < 0);
        await handler.Drained.WaitAsync(Limit);
    }

    [Fact]
    public async Task Back_pressure_keeps_the_output_bounded_however_much_is_sent()
    {
        const int Total = 24 * 1024 * 1024;
        const int HighWatermark = 256 * 1024;
        int highest = 0;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => new PausingEcho(connection, HighWatermark, length => highest = Math.Max(highest, length)));
        await using var client = await OpenAsync(listener.Address);

        var writing = client.WriteAsync(new byte[Total]).AsTask();
        byte[] received = await ReadAsync(client, Total);
        await writing.WaitAsync(Limit);

        Assert.Equal(Total, received.Length);
        Assert.InRange(highest, 1, HighWatermark + (512 * 1024));
    }

    [Fact]
    public async Task Many_connections_are_served_side_by_side_and_spread_over_the_loops()
    {
        int[] perLoop = new int[2];
        await using var world = new DriverWorld(Kind, loops: 2);
        using var listener = Listen(world, (loop, connection) =>
        {
            Interlocked.Increment(ref perLoop[loop.Index]);
            return DriverWorld.Echo(connection);
        });

        var clients = new List<Stream>();
        for (int i = 0; i < 100; i++)
        {
            clients.Add(await OpenAsync(listener.Address));
        }

        await Task.WhenAll(clients.Select(async (client, i) =>
        {
            byte[] own = BitConverter.GetBytes(i);
            await client.WriteAsync(own);
            Assert.Equal(own, await ReadAsync(client, own.Length));
        }));

        Assert.Equal([50, 50], perLoop);
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_paused_connection_receives_nothing_until_it_is_resumed()
    {
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind, loops: 1);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(connection)
        {
            Receiving = static (connection, _) => connection.PauseReading(),
        });
        await using var client = await OpenAsync(listener.Address);
        await client.WriteAsync(new byte[1]);
        await DriverWorld.EventuallyAsync(() => handler?.ReceivedBytes == 1, "the first byte arrives");
        var paused = handler!;

        await client.WriteAsync(new byte[1]);
        await using var other = await OpenAsync(listener.Address);
        await other.WriteAsync(new byte[1]);
        await DriverWorld.EventuallyAsync(() => handler != paused && handler!.ReceivedBytes == 1, "a later byte of another arrives");
        Assert.Equal(1, paused.ReceivedBytes);

        world.Driver.Loops[0].Post(() => paused.Connection.ResumeReading());
        await DriverWorld.EventuallyAsync(() => paused.ReceivedBytes == 2, "the second byte arrives");
    }

    [Fact]
    public async Task Closing_with_flush_sends_everything_first()
    {
        const int Total = 4 * 1024 * 1024;
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(connection)
        {
            Receiving = static (connection, _) =>
            {
                connection.Output.Append(new byte[Total]);
                connection.Close(CloseReason.Quit, flush: true);
            },
        });
        await using var client = await OpenAsync(listener.Address);

        await client.WriteAsync("QUIT"u8.ToArray());
        byte[] received = await ReadToEndAsync(client);

        Assert.Equal(Total, received.Length);
        Assert.Equal(CloseReason.Quit, await DriverWorld.ReasonAsync(() => handler));
    }

    [Fact]
    public async Task Closing_without_flush_ends_at_once_and_tells_once()
    {
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind, loops: 1);
        using var listener = Listen(world, (_, connection) => handler = new RecordingHandler(connection)
        {
            Receiving = static (connection, _) =>
            {
                connection.Close(CloseReason.Killed);
                connection.Close(CloseReason.Quit);
            },
        });
        await using var client = await OpenAsync(listener.Address);

        await client.WriteAsync(new byte[1]);

        Assert.Equal(CloseReason.Killed, await DriverWorld.ReasonAsync(() => handler));
        await DriverWorld.On(world.Driver.Loops[0], () => 0);
        Assert.Equal(1, handler!.ClosedCalls);
    }

    [Fact]
    public async Task A_peer_that_closes_is_told_as_closed_by_peer()
    {
        RecordingHandler? handler = null;
        await using var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => handler = DriverWorld.Echo(connection));
        var client = await OpenAsync(listener.Address);
        await client.WriteAsync(new byte[1]);
        _ = await ReadAsync(client, 1);

        await client.DisposeAsync();

        Assert.Equal(CloseReason.ClosedByPeer, await DriverWorld.ReasonAsync(() => handler));
    }

    [Fact]
    public async Task An_exception_in_a_handler_closes_its_connection_and_no_other()
    {
        var handlers = new ConcurrentQueue<RecordingHandler>();
        await using var world = new DriverWorld(Kind, loops: 1);
        using var listener = Listen(world, (_, connection) =>
        {
            var handler = new RecordingHandler(connection)
            {
                Receiving = static (connection, bytes) =>
                {
                    if (bytes[0] == 0)
                    {
                        throw new InvalidOperationException("on purpose");
                    }

                    connection.Output.Append(bytes);
                },
            };
            handlers.Enqueue(handler);
            return handler;
        });
        await using var bad = await OpenAsync(listener.Address);
        await using var good = await OpenAsync(listener.Address);

        await DriverWorld.EventuallyAsync(() => handlers.Count == 2, "both are accepted");
        await bad.WriteAsync(new byte[1]);
        Assert.Equal(CloseReason.InternalError, (await handlers.First().Closed.WaitAsync(Limit)).Reason);
        await good.WriteAsync(new byte[] { 1 });

        Assert.Equal([1], await ReadAsync(good, 1));
        Assert.Contains(world.Reports, report => report.Contains("on purpose", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stopping_the_driver_tells_every_handler()
    {
        RecordingHandler? handler = null;
        var world = new DriverWorld(Kind);
        using var listener = Listen(world, (_, connection) => handler = DriverWorld.Echo(connection));
        await using var client = await OpenAsync(listener.Address);
        await client.WriteAsync(new byte[1]);
        _ = await ReadAsync(client, 1);

        await world.DisposeAsync();

        Assert.Equal(CloseReason.ServerStopping, await DriverWorld.ReasonAsync(() => handler));
    }

    private protected abstract IListener Listen(DriverWorld world, AcceptHandler accept);

    private protected abstract Task<Stream> OpenAsync(IPEndPoint address, int receiveBuffer = 0);

    private protected static async Task<byte[]> ReadAsync(Stream stream, int count)
    {
        byte[] bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(Limit);
        return bytes;
    }

    private static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all).WaitAsync(Limit);
        return all.ToArray();
    }

    /// <summary>An echo that stops reading while more than a limit waits to be sent.</summary>
    private sealed class PausingEcho(IConnection connection, int highWatermark, Action<int> measure) : IConnectionHandler
    {
        public void OnConnected()
        {
        }

        public void OnReceived(ReadOnlySpan<byte> bytes)
        {
            connection.Output.Append(bytes);
            measure((int)connection.Output.Length);
            if (connection.Output.Length > highWatermark)
            {
                connection.PauseReading();
            }
        }

        public void OnOutputDrained() => connection.ResumeReading();

        public void OnClosed(CloseReason reason, string? detail)
        {
        }
    }
}
