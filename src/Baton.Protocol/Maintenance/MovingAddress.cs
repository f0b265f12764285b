using System.Globalization;

namespace Baton.Protocol.Maintenance;

/// <summary>The place a received MOVING names.</summary>
/// <param name="Host">Name or address, an IPv6 address without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record MovingAddress(string Host, int Port)
{
    private const int HighestPort = 65535;

    /// <summary>
    /// Parses <c>host:port</c>, <c>[v6]:port</c> and <c>v6:port</c> (the last colon counts). What servers and test doubles write when
    /// they name no
    /// place (nothing, <c>null</c>, <c>-</c>, <c>&lt;nil&gt;</c>, <c>?</c>, a missing or unknown host, port 0) gives a null address
    /// and true;
    /// anything else that is no address gives false.
    /// </summary>
    internal static bool TryParse(string text, out MovingAddress? address)
    {
        address = null;
        if (text is "" or "-" or "?" or "<nil>" || text.Equals("null", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > HighestPort)
        {
            return false;
        }

        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }

        if (host is not ("" or "?") && port != 0)
        {
            address = new MovingAddress(host, port);
        }

        return true;
    }
}
