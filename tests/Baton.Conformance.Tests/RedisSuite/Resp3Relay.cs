using System.Net;
using System.Net.Sockets;
using Baton.TestKit;
using Baton.TestKit.Resp;

namespace Baton.Conformance.Tests.RedisSuite;

/// <summary>Stands before a server and says HELLO 3 on every connection before the client does anything: the suite of 7.0 cannot by itself.</summary>
public sealed class Resp3Relay : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;

    /// <summary>Starts listening.</summary>
    public Resp3Relay(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect, on loopback.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting.Within(EndLimit);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_end.Token);
                relays.RemoveAll(relay => relay.IsCompleted);
                relays.Add(RelayAsync(client));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(_host, _port, _end.Token);
            await GreetAsync(server);
            await Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side is gone: so is the other, with the end of this method.
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task GreetAsync(Socket server)
    {
        await server.SendAsync("*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n"u8.ToArray(), _end.Token);
        var decoder = new RespDecoder();
        var buffer = new byte[4096];
        int read;
        do
        {
            read = await server.ReceiveAsync(buffer, _end.Token);
        }
        while (read > 0 && decoder.Feed(buffer.AsSpan(0, read)).Count == 0);
    }

    // The end of one direction is passed on, so that half-closed connections stay what they are.
    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        for (var read = await from.ReceiveAsync(buffer, _end.Token); read > 0; read = await from.ReceiveAsync(buffer, _end.Token))
        {
            for (var sent = 0; sent < read;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _end.Token);
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
