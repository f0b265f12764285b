namespace Baton.Client;

/// <summary>A connection was told to move, and has, or could not in time (then the old one serves until the server closes it).</summary>
/// <param name="Succeeded">True when the new connection serves.</param>
/// <param name="From">The place that was left.</param>
/// <param name="To">The place it went to; null when it went nowhere.</param>
/// <param name="Duration">From MOVING to the new connection's service, or to giving up.</param>
/// <param name="Hold">How long new commands waited.</param>
/// <param name="BufferedCommands">How many commands waited.</param>
/// <param name="Failure">Why it did not succeed; null when it did.</param>
public sealed record RedisHandoffEvent(
    bool Succeeded, RedisEndpoint From, RedisEndpoint? To, TimeSpan Duration, TimeSpan Hold, int BufferedCommands, string? Failure);
