namespace Baton.Protocol.Maintenance;

/// <summary>One entry of SMIGRATED: slots that have gone from a node to another.</summary>
/// <param name="Source">The node they left, as CLUSTER SHARDS names it.</param>
/// <param name="Target">The node that has them.</param>
/// <param name="Slots">The slots.</param>
public sealed record SlotMigration(MovingAddress Source, MovingAddress Target, IReadOnlyList<SlotRange> Slots);
