using System.Net;
using System.Net.Sockets;

namespace Baton.Client;

/// <summary>Which <c>moving-endpoint-type</c> a connection asks for.</summary>
internal static class MovingForm
{
    /// <summary>The word; null for the opt-in without one.</summary>
    public static string? Word(MovingEndpointForm form, EndPoint? remote, bool isTls) => form switch
    {
        MovingEndpointForm.InternalIp => "internal-ip",
        MovingEndpointForm.InternalFqdn => "internal-fqdn",
        MovingEndpointForm.ExternalIp => "external-ip",
        MovingEndpointForm.ExternalFqdn => "external-fqdn",
        MovingEndpointForm.None => "none",
        MovingEndpointForm.ServerDefault => null,
        _ => remote is not IPEndPoint { Address: var address } ? "none"
            : $"{(IsPrivate(address) ? "internal" : "external")}-{(isTls ? "fqdn" : "ip")}",
    };

    /// <summary>
    /// Loopback, link-local, 10/8, 172.16/12, 192.168/16, fc00::/7, site-local; IPv4 in IPv6 clothes as IPv4. Carrier-grade addresses
    /// (100.64/10) are not private: two sides of one network do not share them.
    /// </summary>
    internal static bool IsPrivate(IPAddress address)
    {
        address = RedisEndpoint.Normalize(address);
        if (IPAddress.IsLoopback(address))
        {
            return true;
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6LinkLocal || address.IsIPv6SiteLocal || address.IsIPv6UniqueLocal;
        }

        var bytes = address.GetAddressBytes();
        return bytes[0] switch
        {
            10 => true,
            172 => bytes[1] is >= 16 and <= 31,
            192 => bytes[1] == 168,
            169 => bytes[1] == 254,
            _ => false,
        };
    }
}
