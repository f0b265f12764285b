using System.Net;

namespace Baton.Server.Proxy.Io;

/// <summary>Where somebody comes from, as one asker among those who share what there is.</summary>
internal static class PeerAddress
{
    /// <summary>An IPv6 host has a whole /64 to itself.</summary>
    public static string Of(EndPoint? peer)
    {
        if (peer is not IPEndPoint { Address: IPAddress address })
        {
            return "";
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        byte[] bytes = address.GetAddressBytes();
        return bytes.Length == 16 ? Convert.ToHexString(bytes, 0, 8) : address.ToString();
    }
}
