using System.Net;

namespace Baton.Cli.Demo.Raw;

/// <summary>What a raw connection says in its handshake, and its limits.</summary>
internal sealed record RawConnectionOptions
{
    /// <summary>Clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>For CLIENT SETNAME.</summary>
    public required string Name { get; init; }

    /// <summary>The database's password; null = none.</summary>
    public string? Password { get; init; }

    /// <summary>Whether to opt in to maintenance notifications.</summary>
    public bool OptIn { get; init; } = true;

    /// <summary>What MOVING shall name: <c>internal-ip</c>, <c>none</c> ...</summary>
    public string EndpointType { get; init; } = "internal-ip";

    /// <summary>Longest wait for a connection with its whole handshake.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for the replies of one batch. Not sooner than any blocking command's own limit.</summary>
    public TimeSpan CommandLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much earlier than announced a close may come and still be on time: what a busy machine costs.</summary>
    public TimeSpan CloseTolerance { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Parses <c>host:port</c>; IPv6 in brackets.</summary>
    public static IPEndPoint ParseEndpoint(string text) =>
        IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port != 0
            ? endpoint
            : throw new FormatException($"'{text}' is no address and port; the demo asks for internal-ip");
}
