namespace Baton.Client;

/// <summary>A consumer, as XINFO CONSUMERS tells.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pending">How many entries are delivered to it and not acknowledged.</param>
/// <param name="Idle">Time since it last tried.</param>
/// <param name="Inactive">Time since it last got something; null before Redis 7.2, infinite for never.</param>
public sealed record StreamConsumerInfo(string Name, long Pending, TimeSpan Idle, TimeSpan? Inactive);
