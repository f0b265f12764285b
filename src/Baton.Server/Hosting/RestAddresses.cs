using System.Net;

namespace Baton.Server.Hosting;

/// <summary>Which sockets the API listens on.</summary>
internal static class RestAddresses
{
    private const string Localhost = "localhost";

    /// <summary>
    /// <c>localhost</c> is both loopback addresses where the system has both, because programs resolve it to either. A port that the system
    /// shall choose is only on one.
    /// </summary>
    /// <exception cref="ClusterHostException">The address is none.</exception>
    public static IReadOnlyList<IPEndPoint> Resolve(string address, int port, Func<IPAddress, bool> canListen)
    {
        if (port is < 0 or > IPEndPoint.MaxPort)
        {
            throw new ClusterHostException($"--rest-port is {port}; 0 to {IPEndPoint.MaxPort} are possible.");
        }

        if (address != Localhost)
        {
            return IPAddress.TryParse(address, out var parsed)
                ? [new IPEndPoint(parsed, port)]
                : throw new ClusterHostException($"--rest-address is \"{address}\"; it must be an IP address, or localhost.");
        }

        var four = new IPEndPoint(IPAddress.Loopback, port);
        return port != 0 && canListen(IPAddress.IPv6Loopback) ? [four, new IPEndPoint(IPAddress.IPv6Loopback, port)] : [four];
    }

    /// <summary>How a program on this machine writes the address.</summary>
    public static string Url(IPEndPoint bound) => IPAddress.IsLoopback(bound.Address) || bound.Address.Equals(IPAddress.Any)
        || bound.Address.Equals(IPAddress.IPv6Any)
            ? $"https://{Localhost}:{bound.Port}"
            : $"https://{bound}";
}
