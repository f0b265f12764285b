namespace Baton.Client;

/// <summary>A consumer group, as XINFO GROUPS tells.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Consumers">How many consumers.</param>
/// <param name="Pending">How many entries are delivered and not acknowledged.</param>
/// <param name="LastDeliveredId">The last id delivered.</param>
/// <param name="EntriesRead">How many it has read; null when unknown, or before Redis 7.</param>
/// <param name="Lag">How many it has yet to read; null when unknown, or before Redis 7.</param>
public sealed record StreamGroupInfo(string Name, long Consumers, long Pending, string LastDeliveredId, long? EntriesRead, long? Lag);
