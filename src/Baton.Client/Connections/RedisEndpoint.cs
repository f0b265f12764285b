using System.Globalization;
using System.Net;

namespace Baton.Client;

/// <summary>A place to connect to.</summary>
/// <param name="Host">A name, an address (IPv6 without brackets), or the path of a unix socket.</param>
/// <param name="Port">1 to 65535; 0 for a unix socket.</param>
public sealed record RedisEndpoint(string Host, int Port)
{
    /// <summary>Redis' own port.</summary>
    public const int DefaultPort = 6379;

    /// <summary>True for a unix socket.</summary>
    public bool IsUnixSocket => Host.StartsWith('/');

    /// <summary>The address, when the host is one.</summary>
    internal IPAddress? Address => IPAddress.TryParse(Host, out var address) ? Normalize(address) : null;

    /// <summary><c>host:port</c>, IPv6 in brackets.</summary>
    public override string ToString() =>
        IsUnixSocket ? $"unix:{Host}"
        : Host.Contains(':', StringComparison.Ordinal) ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>An IPv4 address in IPv6 clothes is the IPv4 address.</summary>
    internal static IPAddress Normalize(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
