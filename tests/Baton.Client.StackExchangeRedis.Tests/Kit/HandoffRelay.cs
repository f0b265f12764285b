using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Baton.TestKit;

namespace Baton.Client.StackExchangeRedis.Tests.Kit;

/// <summary>
/// A relay in front of a plain server that makes it look as if it had maintenance notifications: it says yes to the opt-in and pushes, between two
/// replies, what a test tells it to. It can stall, delay and close.
/// </summary>
internal sealed class HandoffRelay : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);
    private readonly TcpListener _listener;
    private readonly int _server;
    private readonly X509Certificate2? _certificate;
    private readonly ConcurrentBag<RelayedConnection> _connections = [];
    private readonly ConcurrentBag<Task> _relays = [];
    private readonly Task _accepting;

    public HandoffRelay(int server, string address = "127.0.0.1", int port = 0, X509Certificate2? certificate = null)
    {
        _server = server;
        _certificate = certificate;
        _listener = new TcpListener(IPAddress.Parse(address), port);
        _listener.Start();
        Address = address;
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public string Address { get; }

    public int Port { get; }

    public string Place => $"{Address}:{Port}";

    /// <summary>Connections taken so far.</summary>
    public int Accepted => _connections.Count;

    /// <summary>Connections that are open now.</summary>
    public int Open => _connections.Count(connection => connection.IsOpen);

    /// <summary>The words behind ON, of every opt-in.</summary>
    public ConcurrentQueue<string> OptIns { get; } = [];

    /// <summary>While set, nothing the server says goes on to clients.</summary>
    public volatile TaskCompletionSource? Stall;

    /// <summary>How long what the server says is on its way.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>To every connection that has opted in.</summary>
    public void Push(string frame)
    {
        foreach (var connection in _connections.Where(connection => connection.IsOpen && connection.HasOptedIn))
        {
            connection.Push(frame);
        }
    }

    public void PushMoving(int sequence, int seconds, string? target) =>
        Push($">4\r\n$6\r\nMOVING\r\n:{sequence}\r\n:{seconds}\r\n{(target is null ? "_" : $"${target.Length}\r\n{target}")}\r\n");

    /// <summary>Takes no more connections.</summary>
    public void StopListening() => _listener.Stop();

    /// <summary>Closes all connections.</summary>
    public void CloseAll()
    {
        foreach (var connection in _connections)
        {
            connection.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Stall?.TrySetResult();
        StopListening();
        CloseAll();
        await _accepting.Within(EndLimit);
        await Task.WhenAll(_relays).Within(EndLimit);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new RelayedConnection(this, await _listener.AcceptSocketAsync(), _server, _certificate);
                _connections.Add(connection);
                _relays.Add(connection.RunAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener was stopped.
        }
    }
}
