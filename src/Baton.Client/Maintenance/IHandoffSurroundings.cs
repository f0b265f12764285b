using System.Net;

namespace Baton.Client;

/// <summary>What a <see cref="HandoffRoute{T}"/> needs to know of the world.</summary>
internal interface IHandoffSurroundings
{
    /// <summary>How to move.</summary>
    MaintenanceOptions HandoffOptions { get; }

    /// <summary>The clock of pauses.</summary>
    TimeProvider Time { get; }

    /// <summary>The time that orders are stamped with.</summary>
    long NowMs { get; }

    /// <summary>The configured places.</summary>
    EndpointBook Book { get; }

    /// <summary>A random part of the time given.</summary>
    TimeSpan RandomPart(TimeSpan most);

    /// <summary>The addresses of a place now; none where names are not this process' to resolve.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The name does not resolve.</exception>
    Task<IPAddress[]> ResolveAsync(RedisEndpoint place, CancellationToken cancellationToken);
}
