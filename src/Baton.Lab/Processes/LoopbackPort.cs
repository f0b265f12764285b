using System.Net;
using System.Net.Sockets;

namespace Baton.Lab;

/// <summary>Ports for servers that must be told one.</summary>
public static class LoopbackPort
{
    /// <summary>An address of 127.0.0.1 whose port was free a moment ago.</summary>
    public static IPEndPoint Free()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
