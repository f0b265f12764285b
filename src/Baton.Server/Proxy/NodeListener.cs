using System.Net;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy;

/// <summary>A database's listener on one node: admits connections, and says which are its own.</summary>
internal sealed class NodeListener
{
    private readonly DataPlane _plane;
    private readonly int _databaseUid;
    private readonly int _nodeUid;
    private IListener? _listener;

    public NodeListener(DataPlane plane, int databaseUid, int nodeUid) => (_plane, _databaseUid, _nodeUid) = (plane, databaseUid, nodeUid);

    /// <summary>Starts to accept; returns the bound address.</summary>
    public IPEndPoint Open(IProxyDriver driver, IPEndPoint address)
    {
        _listener = driver.Listen(address, Accept);
        return _listener.Address;
    }

    /// <summary>Stops accepting.</summary>
    public void Close() => _listener?.Dispose();

    private IConnectionHandler Accept(ILoop io, IConnection connection)
    {
        ProxyLoop loop = _plane.Loops[io.Index];
        if (!loop.Databases.TryGetValue(_databaseUid, out LoopDatabase? database))
        {
            return new RefusedConnection(loop, connection, "ERR the database is not served here", CloseReason.DatabaseDeleted);
        }

        return database.AllLoops.TryAdmit(database.Route.Limits.MaxClients)
            ? new ClientSession(loop, database, connection, _nodeUid)
            : new RefusedConnection(loop, connection, "ERR max number of clients reached", CloseReason.TooManyClients);
    }

    /// <summary>Tells why, and closes.</summary>
    private sealed class RefusedConnection : IConnectionHandler
    {
        private readonly ProxyLoop _loop;

        public RefusedConnection(ProxyLoop loop, IConnection connection, string error, CloseReason reason)
        {
            _loop = loop;
            RespWriter.WriteError(connection.Output, error);

            // Not from within the accept: the driver has not noted this handler yet.
            loop.Io.Post(() => connection.Close(reason, flush: true));
        }

        void IConnectionHandler.OnConnected()
        {
        }

        void IConnectionHandler.OnReceived(ReadOnlySpan<byte> bytes)
        {
        }

        void IConnectionHandler.OnOutputDrained()
        {
        }

        void IConnectionHandler.OnClosed(CloseReason reason, string? detail) => _loop.NoteClosed(reason);
    }
}
