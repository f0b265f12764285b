using System.Net;
using System.Net.Sockets;

namespace Baton.Server.Engines;

/// <summary>Finds ports for engines that must be told theirs.</summary>
internal static class FreePort
{
    /// <summary>The address with a port that was free a moment ago; another program can take it before the engine does.</summary>
    /// <exception cref="EngineException">The address cannot be bound at all.</exception>
    public static IPEndPoint Find(IPAddress address)
    {
        try
        {
            using Socket probe = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(address, 0));
            return (IPEndPoint)probe.LocalEndPoint!;
        }
        catch (SocketException exception)
        {
            throw new EngineException($"no port can be opened on {address}: {exception.Message}", exception);
        }
    }
}
