using System.Net;

namespace Baton.Cli.Bench.Handoff.Clients;

/// <summary>How a row wants a client to be connected.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">The port.</param>
internal sealed record ConnectOrder(string Host, int Port)
{
    /// <summary>The limit of a command; null for the library's own, which is 5 s for all.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>A server that refuses the opt-in is to be an error.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Commands are to wait for the announced end as long as the library can be told to.</summary>
    public bool WaitsForEnd { get; init; }

    /// <summary>The server names its places as they are called on the other side of a tunnel: the place for a name; null for no tunnel.</summary>
    public Func<IPEndPoint, IPEndPoint>? Map { get; init; }
}
