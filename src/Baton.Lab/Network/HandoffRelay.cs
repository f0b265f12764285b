using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Baton.Lab;

/// <summary>
/// Stands in front of a real server at an address of its own and does what a server under maintenance does: says yes to the opt-in, sends
/// notifications between replies, delays, stalls, closes and cuts. Thread-safe.
/// </summary>
public sealed class HandoffRelay : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<RelayedLink> _links = new();
    private readonly IPEndPoint _server;
    private readonly IPAddress _address;
    private readonly TimeProvider _time;
    private TcpListener? _listener;
    private byte[]? _standing;
    private Task _accepting = Task.CompletedTask;

    /// <param name="server">The server.</param>
    /// <param name="address">An address of loopback, 127.x.y.z.</param>
    /// <param name="time">Clock.</param>
    /// <param name="port">Where it listens; 0 for any port that is free.</param>
    public HandoffRelay(IPEndPoint server, string address, TimeProvider time, int port = 0)
    {
        (_server, _address, _time) = (server, IPAddress.Parse(address), time);
        Address = new IPEndPoint(_address, port);
        Listen();
    }

    /// <summary>Where clients connect; the port stays when it listens again.</summary>
    public IPEndPoint Address { get; private set; }

    /// <summary>For connections accepted from now on.</summary>
    public RelaySettings Settings { get; set; } = new();

    /// <summary>Connections so far.</summary>
    public int Accepted => _links.Count;

    /// <summary>Connections that are open.</summary>
    public int Open => _links.Count(static link => !link.IsClosed);

    /// <summary>The words behind ON, of every opt-in so far.</summary>
    public ConcurrentQueue<string> OptIns { get; } = new();

    /// <summary>Sends a frame to every connection that has opted in, between two replies.</summary>
    public void Tell(byte[] frame)
    {
        foreach (var link in _links)
        {
            link.Tell(frame);
        }
    }

    /// <summary>The same, and tells, as a server does, whoever opts in later directly behind its +OK.</summary>
    public void Announce(byte[] frame)
    {
        Volatile.Write(ref _standing, frame);
        Tell(frame);
    }

    /// <summary>Sends a frame to every connection, opted in or not, between two replies.</summary>
    public void Push(byte[] frame)
    {
        foreach (var link in _links)
        {
            link.Push(frame);
        }
    }

    /// <summary>Keeps replies back, or lets them go; commands go on being run.</summary>
    public void Stall(bool isStalled)
    {
        foreach (var link in _links)
        {
            link.Stall(isStalled);
        }
    }

    /// <summary>Answers the connections that were accepted while it was mute.</summary>
    public void Speak()
    {
        Settings = Settings with { IsMute = false };
        Stall(false);
    }

    /// <summary>The connections there are now, to be closed later: what comes afterwards stays.</summary>
    public IReadOnlyList<RelayedLink> Links() => [.. _links.Where(static link => !link.IsClosed)];

    /// <summary>Ends every connection: in order, or as a broken network does.</summary>
    public void CloseAll(bool abruptly = false)
    {
        foreach (var link in Links())
        {
            link.Close(abruptly);
        }
    }

    /// <summary>Listens again.</summary>
    public void Listen()
    {
        _listener = new TcpListener(Address);
        _listener.Start();
        Address = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Takes no more connections.</summary>
    public void StopListening() => _listener?.Stop();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        StopListening();
        await _accepting.WaitAsync(EndLimit, _time).ConfigureAwait(false);
        foreach (var link in _links)
        {
            await link.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync().ConfigureAwait(false);
                var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await upstream.ConnectAsync(_server).ConfigureAwait(false);
                client.NoDelay = true;
                var link = new RelayedLink(client, upstream, Settings, _time, OptIns.Enqueue, () => Volatile.Read(ref _standing));
                _links.Enqueue(link);
                link.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It was stopped.
        }
    }
}
