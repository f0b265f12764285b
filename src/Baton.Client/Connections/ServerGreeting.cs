namespace Baton.Client;

/// <summary>What a server said of itself in the handshake.</summary>
/// <param name="Protocol">2 or 3.</param>
/// <param name="ClientId">The connection's id there; 0 when it was not told.</param>
/// <param name="Server"><c>redis</c>, <c>valkey</c> ...</param>
/// <param name="Version">Its version.</param>
/// <param name="Announces">True when it has accepted the opt-in for maintenance notifications.</param>
/// <param name="Refusal">Why it has not; null when it has, or was not asked.</param>
internal sealed record ServerGreeting(int Protocol, long ClientId, string Server, string Version, bool Announces, string? Refusal)
{
    /// <summary>True when it tells of changes to keys that were read (CLIENT TRACKING).</summary>
    public bool Tracks { get; init; }

    /// <summary>Why it does not; null when it does, or was not asked.</summary>
    public string? TrackingRefusal { get; init; }

    /// <summary>Before the handshake.</summary>
    public static ServerGreeting None { get; } = new(2, 0, "", "", false, null);
}
