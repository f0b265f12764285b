using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Baton.Client.Tests.Kit;

/// <summary>
/// Stands in front of a real server at an address of its own: says yes to the opt-in, injects frames between replies, delays, stalls, closes and cuts.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);
    private readonly ConcurrentQueue<RelayedConnection> _connections = new();
    private readonly int _serverPort;
    private readonly IPAddress _address;
    private TcpListener? _listener;
    private string? _standing;
    private Task _accepting = Task.CompletedTask;

    /// <param name="serverPort">The server, on 127.0.0.1.</param>
    /// <param name="address">An address of loopback, 127.x.y.z.</param>
    public Relay(int serverPort, string address)
    {
        (_serverPort, _address) = (serverPort, IPAddress.Parse(address));
        Listen();
    }

    /// <summary>Where clients connect; the port stays when it listens again.</summary>
    public int Port { get; private set; }

    /// <summary>The same as the client writes it.</summary>
    public RedisEndpoint Endpoint => new(_address.ToString(), Port);

    /// <summary>From a command's way out to its reply's arrival, for connections accepted from now on.</summary>
    public TimeSpan RoundTrip { get; set; }

    /// <summary>How long the first reply to a new connection takes.</summary>
    public bool IsMute { get; set; }

    /// <summary>Connections so far.</summary>
    public int Accepted => _connections.Count;

    /// <summary>Connections that are open.</summary>
    public int Open => _connections.Count(static connection => !connection.IsClosed);

    /// <summary>Tells all who have opted in, and, as the server does, directly after its +OK whoever does so later.</summary>
    public void Announce(string frame)
    {
        Volatile.Write(ref _standing, frame);
        foreach (var connection in _connections)
        {
            connection.Announce(frame);
        }
    }

    /// <summary>Sends a frame to all, between two replies.</summary>
    public void Push(string frame)
    {
        foreach (var connection in _connections)
        {
            connection.Push(frame);
        }
    }

    /// <summary>Keeps replies back, or lets them go; commands go on being run.</summary>
    public void Stall(bool isStalled)
    {
        foreach (var connection in _connections)
        {
            connection.HoldsReplies = isStalled;
        }
    }

    /// <summary>Answers the connections that were accepted while it was mute.</summary>
    public void Speak()
    {
        IsMute = false;
        Stall(false);
    }

    /// <summary>Listens again.</summary>
    public void Listen()
    {
        _listener = new TcpListener(_address, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Takes no more connections.</summary>
    public void StopListening() => _listener?.Stop();

    /// <summary>Ends every connection: in order, or as a broken network does.</summary>
    public void CloseAll(bool abruptly = false)
    {
        foreach (var connection in _connections)
        {
            connection.Close(abruptly);
        }
    }

    public async ValueTask DisposeAsync()
    {
        StopListening();
        CloseAll(abruptly: true);
        await _accepting.WaitAsync(EndLimit);
        await Task.WhenAll(_connections.Select(static connection => connection.Ended)).WaitAsync(EndLimit);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync();
                var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await upstream.ConnectAsync(IPAddress.Loopback, _serverPort);
                client.NoDelay = true;
                var connection = new RelayedConnection(client, upstream, RoundTrip / 2, IsMute, () => Volatile.Read(ref _standing));
                _connections.Enqueue(connection);
                connection.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }
}
