using System.Buffers;
using System.Globalization;
using System.Net;

namespace Baton.Client;

/// <summary>
/// Places from text: <c>host</c>, <c>host:port</c>, <c>[ipv6]:port</c>. Errors do not show the text: it may be part of a password.
/// </summary>
internal static class EndpointText
{
    private static readonly SearchValues<char> NotInHosts = SearchValues.Create(" \t/\\@=");

    /// <summary>Several places, with commas between.</summary>
    public static RedisEndpoint[] ParseAll(string text, int defaultPort = RedisEndpoint.DefaultPort)
    {
        var parts = text.Split(',');
        var places = new RedisEndpoint[parts.Length];
        for (var index = 0; index < parts.Length; index++)
        {
            places[index] = Parse(parts[index].Trim(), $"place {index + 1}", defaultPort);
        }

        return places;
    }

    /// <summary>One place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="part">What an error calls it.</param>
    /// <param name="defaultPort">The port when none is named.</param>
    public static RedisEndpoint Parse(string text, string part, int defaultPort = RedisEndpoint.DefaultPort)
    {
        if (text.Length == 0)
        {
            throw OptionsBuilder.Wrong(part, "is empty: write host or host:port");
        }

        return text[0] == '[' ? ParseBracketed(text, part, defaultPort) : ParseNamed(text, part, defaultPort);
    }

    private static RedisEndpoint ParseBracketed(string text, string part, int defaultPort)
    {
        var end = text.IndexOf(']', StringComparison.Ordinal);
        if (end < 0 || !IPAddress.TryParse(text[1..end], out _))
        {
            throw OptionsBuilder.Wrong(part, "has no IPv6 address between its brackets");
        }

        var rest = text[(end + 1)..];
        return rest.Length == 0 ? new RedisEndpoint(text[1..end], defaultPort)
            : rest[0] == ':' ? new RedisEndpoint(text[1..end], ParsePort(rest[1..], part))
            : throw OptionsBuilder.Wrong(part, "has something other than a port after its brackets");
    }

    private static RedisEndpoint ParseNamed(string text, string part, int defaultPort)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon != text.LastIndexOf(':'))
        {
            throw OptionsBuilder.Wrong(part, "has several colons: write an IPv6 address in brackets, [::1]:6379");
        }

        var host = colon < 0 ? text : text[..colon];
        if (host.Length == 0 || host.AsSpan().ContainsAny(NotInHosts))
        {
            throw OptionsBuilder.Wrong(part, "has no valid host name");
        }

        return new RedisEndpoint(host, colon < 0 ? defaultPort : ParsePort(text[(colon + 1)..], part));
    }

    private static int ParsePort(string text, string part) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? port
            : throw OptionsBuilder.Wrong(part, "has a port that is no number from 1 to 65535");
}
