using System.Net;
using System.Net.Sockets;

namespace Baton.Server.Control;

/// <summary>Looks for ports other programs have. Thread-safe.</summary>
public interface IPortProbe
{
    /// <summary>True when nobody listens there now and we may.</summary>
    bool IsFree(IPEndPoint address);

    /// <summary>A port that is free at the address now, chosen by the system.</summary>
    int AnyFree(IPAddress address);
}

/// <summary>Asks the system by listening for a moment.</summary>
public sealed class SocketPortProbe : IPortProbe
{
    /// <inheritdoc/>
    public bool IsFree(IPEndPoint address)
    {
        try
        {
            using Socket socket = Listen(address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public int AnyFree(IPAddress address)
    {
        using Socket socket = Listen(new IPEndPoint(address, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static Socket Listen(IPEndPoint address)
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            socket.Listen(1);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
