using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Baton.TestKit.Resp;

/// <summary>
/// A relay in front of a plain server that makes it look as if it had maintenance notifications: it says yes to the opt-in and sends what a
/// test tells it to. Shows what a client does by itself, with no Baton in sight.
/// </summary>
public sealed partial class MaintenanceRelay : IAsyncDisposable
{
    private const string HarmlessCommand = "*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$5\r\nrelay\r\n"; // its reply is +OK too
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Socket> _clients = [];
    private readonly ConcurrentBag<Task> _relays = [];
    private readonly IPEndPoint _server;
    private readonly Task _accepting;

    /// <summary>Starts listening.</summary>
    public MaintenanceRelay(IPEndPoint server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections it has taken so far.</summary>
    public int Accepted => _clients.Count;

    /// <summary>Sends a frame to every client. Only for moments without replies on their way.</summary>
    public void Push(string frame)
    {
        foreach (var client in _clients.Where(client => client.Connected))
        {
            client.Send(Encoding.Latin1.GetBytes(frame));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await _accepting.Within(EndLimit);
        await Task.WhenAll(_relays).Within(EndLimit);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                _clients.Add(client);
                _relays.Add(RelayAsync(client));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await upstream.ConnectAsync(_server);
        await Task.WhenAny(
            CopyAsync(client, upstream, text => OptIn().Replace(text, HarmlessCommand)),
            CopyAsync(upstream, client, text => text));
        client.Dispose();
    }

    private static async Task CopyAsync(Socket from, Socket to, Func<string, string> change)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (var read = await from.ReceiveAsync(buffer); read > 0; read = await from.ReceiveAsync(buffer))
            {
                await to.SendAsync(Encoding.Latin1.GetBytes(change(Encoding.Latin1.GetString(buffer, 0, read))));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One side is gone; the other is closed by the caller.
        }
    }

    [GeneratedRegex(
        @"\*5\r\n\$6\r\nCLIENT\r\n\$19\r\nMAINT_NOTIFICATIONS\r\n\$2\r\nON\r\n\$20\r\nmoving-endpoint-type\r\n\$\d+\r\n[a-z-]+\r\n")]
    private static partial Regex OptIn();
}
