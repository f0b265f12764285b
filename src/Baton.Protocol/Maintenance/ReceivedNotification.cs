namespace Baton.Protocol.Maintenance;

/// <summary>A maintenance push message as one recipient got it. What the frame left out is null.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Sequence">The database's counter; not negative.</param>
/// <param name="Seconds">Openers: seconds left. 0 or negative for one who joined late: act now.</param>
/// <param name="Target">MOVING: where to; null when the server names no place (reconnect to the configured endpoint).</param>
/// <param name="ShardIds">MIGRATING, MIGRATED, FAILING_OVER, FAILED_OVER: the shards; null when absent or unreadable.</param>
public sealed record ReceivedNotification(
    MaintenanceNotificationKind Kind,
    long? Sequence,
    long? Seconds,
    MovingAddress? Target,
    IReadOnlyList<int>? ShardIds)
{
    /// <summary>SMIGRATING: the slots; null when absent or unreadable.</summary>
    public IReadOnlyList<SlotRange>? Slots { get; init; }

    /// <summary>SMIGRATED: what went where; entries that could not be read are left out. Null for every other type.</summary>
    public IReadOnlyList<SlotMigration>? Migrations { get; init; }
}
