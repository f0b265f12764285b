using System.Net;
using System.Net.Sockets;

namespace Baton.Server.Proxy.Io.Sockets;

/// <summary>A loop whose sockets are the runtime's: they complete on the thread pool, and each completion is posted here.</summary>
internal sealed class SocketLoop : EventLoop
{
    private readonly HashSet<SocketConnection> _connections = [];
    private readonly object _wakeGate = new();
    private bool _isWoken;

    internal SocketLoop(int index, ProxyDriverOptions options)
        : base(index, options)
    {
    }

    /// <inheritdoc/>
    public override IConnection Connect(EndPoint address, IConnectionHandler handler)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolOf(address));
        var connection = new SocketConnection(this, socket, isOutgoing: true, address);
        _connections.Add(connection);
        connection.Attach(handler);
        connection.BeginConnect();
        return connection;
    }

    internal static ProtocolType ProtocolOf(EndPoint address) =>
        address.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp;

    /// <summary>Takes over an accepted socket. Loop thread.</summary>
    internal void Adopt(Socket socket, AcceptHandler accept)
    {
        if (IsStopping)
        {
            socket.Dispose();
            return;
        }

        var connection = new SocketConnection(this, socket, isOutgoing: false, socket.RemoteEndPoint);
        _connections.Add(connection);
        connection.Accepted(accept);
        connection.BeginReceive();
    }

    internal void Forget(SocketConnection connection) => _connections.Remove(connection);

    /// <inheritdoc/>
    protected override void Poll(int timeoutMs)
    {
        lock (_wakeGate)
        {
            if (!_isWoken)
            {
                Monitor.Wait(_wakeGate, timeoutMs);
            }

            _isWoken = false;
        }

        ReadClock();
    }

    /// <inheritdoc/>
    protected override void Wake()
    {
        lock (_wakeGate)
        {
            _isWoken = true;
            Monitor.Pulse(_wakeGate);
        }
    }

    /// <inheritdoc/>
    protected override void CloseConnections(CloseReason reason)
    {
        foreach (var connection in _connections)
        {
            connection.Close(reason);
        }
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        // The sockets went one by one; nothing else was the system's.
    }
}
