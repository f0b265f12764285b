using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Baton.Client.Tests.Connections;

public sealed class ThreadedSocketTransportTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Bytes_go_both_ways_and_the_end_is_zero()
    {
        using var pair = await Pair.ConnectAsync();
        await pair.Transport.SendAsync("ping"u8.ToArray());
        var bytes = new byte[16];
        Assert.Equal(4, await pair.Server.ReceiveAsync(bytes));

        await pair.Server.SendAsync("pong!"u8.ToArray());
        Assert.Equal(5, pair.Transport.Receive(bytes));
        Assert.Equal("pong!"u8.ToArray(), bytes[..5]);

        pair.Server.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, pair.Transport.Receive(bytes));
        Assert.Equal(pair.Server.LocalEndPoint, pair.Transport.RemoteEndPoint);
    }

    [Fact]
    public async Task An_end_wakes_the_reader_and_is_orderly_for_the_other_side()
    {
        using var pair = await Pair.ConnectAsync();
        await pair.Transport.SendAsync("last words"u8.ToArray());
        var reader = Task.Factory.StartNew(() => pair.Transport.Receive(new byte[16]), TaskCreationOptions.LongRunning);

        pair.Transport.Abort();
        pair.Transport.Abort();

        Assert.Equal(0, await reader.WaitAsync(Limit));
        var bytes = new byte[16];
        Assert.Equal(10, await pair.Server.ReceiveAsync(bytes).WaitAsync(Limit));
        Assert.Equal(0, await pair.Server.ReceiveAsync(bytes).WaitAsync(Limit));
        Assert.Equal(0, pair.Transport.Receive(bytes));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await pair.Transport.SendAsync(bytes));
    }

    [Fact]
    public async Task A_send_that_finds_it_closed_says_that_nothing_left_and_what_had_come_is_still_there()
    {
        using var pair = await Pair.ConnectAsync();
        await pair.Server.SendAsync("last words"u8.ToArray());
        pair.Server.Shutdown(SocketShutdown.Both);

        // The first one is taken by the kernel, and answered with a reset.
        Assert.True(SpinWait.SpinUntil(() => FailsToSend(pair.Transport), Limit));

        var bytes = new byte[16];
        Assert.Equal(10, pair.Transport.Receive(bytes));
        Assert.Equal("last words"u8.ToArray(), bytes[..10]);

        static bool FailsToSend(ThreadedSocketTransport transport)
        {
            try
            {
                transport.SendAsync("ping"u8.ToArray()).AsTask().GetAwaiter().GetResult();
                return false;
            }
            catch (NothingSentException)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task A_server_that_does_not_read_does_not_hold_up_the_caller_and_loses_nothing()
    {
        using var pair = await Pair.ConnectAsync();
        var sent = new byte[32 * 1024 * 1024];
        new Random(1).NextBytes(sent);

        var sending = pair.Transport.SendAsync(sent);
        Assert.False(sending.IsCompleted);

        var received = new byte[sent.Length];
        for (var count = 0; count < received.Length;)
        {
            var more = await pair.Server.ReceiveAsync(received.AsMemory(count)).AsTask().WaitAsync(Limit);
            Assert.NotEqual(0, more);
            count += more;
        }

        await sending.AsTask().WaitAsync(Limit);
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Fact]
    public async Task An_end_stops_a_send_that_waits()
    {
        using var pair = await Pair.ConnectAsync();
        var sending = pair.Transport.SendAsync(new byte[32 * 1024 * 1024]).AsTask();
        Assert.False(sending.IsCompleted);
        Assert.True(sending.CreationOptions.HasFlag(TaskCreationOptions.LongRunning), "It waits on a thread of the pool.");

        pair.Transport.Abort();

        await Assert.ThrowsAnyAsync<SocketException>(() => sending.WaitAsync(Limit));
    }

    [Fact]
    public async Task Threads_are_given_back()
    {
        for (var i = 0; i < 200; i++)
        {
            using var pair = await Pair.ConnectAsync();
        }

        await Assert.ThrowsAnyAsync<SocketException>(() => Pair.ConnectToAsync(new IPEndPoint(IPAddress.Loopback, 1)));
        using var last = await Pair.ConnectAsync();
    }

    [Fact]
    public async Task An_attempt_can_be_cancelled()
    {
        using var given = new CancellationTokenSource();
        var attempt = SocketTransportFactory.Instance.ConnectSharedAsync(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 6379), null, "", given.Token);

        await given.CancelAsync();

        // Where there is no route, the attempt fails at once by itself.
        await Assert.ThrowsAnyAsync<Exception>(() => attempt.WaitAsync(Limit));
    }

    private sealed class Pair(ThreadedSocketTransport transport, Socket server) : IDisposable
    {
        public ThreadedSocketTransport Transport => transport;

        public Socket Server => server;

        public static async Task<Pair> ConnectAsync()
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            var transport = await ConnectToAsync((IPEndPoint)listener.LocalEndPoint!);
            return new Pair(transport, await listener.AcceptAsync());
        }

        public static async Task<ThreadedSocketTransport> ConnectToAsync(IPEndPoint place) => Assert.IsType<ThreadedSocketTransport>(
            await SocketTransportFactory.Instance.ConnectSharedAsync(place, null, "", CancellationToken.None));

        public void Dispose()
        {
            transport.Abort();
            server.Dispose();
        }
    }
}
