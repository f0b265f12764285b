namespace Baton.Client;

/// <summary>The server has announced a maintenance, or its end.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="HasEnded">True for MIGRATED, FAILED_OVER and SMIGRATED.</param>
/// <param name="Sequence">The server's number of the notification; null when it sent none.</param>
/// <param name="StartsWithin">The announced time; null for an end.</param>
/// <param name="Target">MOVING: where the endpoint goes; null when no place was named.</param>
/// <param name="ShardIds">The shards concerned; empty when none were named.</param>
public sealed record RedisMaintenanceEvent(
    MaintenanceKind Kind, bool HasEnded, long? Sequence, TimeSpan? StartsWithin, RedisEndpoint? Target, IReadOnlyList<int> ShardIds);
