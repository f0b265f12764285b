using Baton.Server.Control;
using Baton.Server.Proxy;

namespace Baton.Server.Rest;

/// <summary>What the resources work with. Immutable; its parts are thread-safe.</summary>
/// <param name="Controller">The one writer of the cluster state.</param>
/// <param name="DataPlane">For its counters.</param>
/// <param name="Users">Who may ask.</param>
/// <param name="Clock">The time.</param>
internal sealed record RestServices(IClusterController Controller, IDataPlane DataPlane, UserStore Users, TimeProvider Clock)
{
    /// <summary>Tokens of this process.</summary>
    public TokenIssuer Tokens { get; } = new(Clock);

    /// <summary>The open connections.</summary>
    public ConnectionRoom Room { get; } = new(RestLimits.MaxConnections, RestLimits.MaxConnectionsPerAddress);

    /// <summary>Who may shake hands now.</summary>
    public HandshakeTurns Handshakes { get; } = new(RestLimits.MaxHandshakes, RestLimits.HandshakeTurn, Clock);

    /// <summary>When the server started, as a timestamp of <see cref="Clock"/>.</summary>
    public long StartedAt { get; } = Clock.GetTimestamp();

    /// <summary>The program's version, <c>0.1.0</c>.</summary>
    public static string Version { get; } = typeof(RestServices).Assembly.GetName().Version!.ToString(3);
}
