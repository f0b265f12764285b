using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>A maintenance that was announced and is not over.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Sequence">The opener's number; -1 when it had none.</param>
/// <param name="ShardIds">The shards it is about; null when none were named.</param>
/// <param name="OpenedMs">When it was heard of.</param>
/// <param name="EndsMs">When it is taken for over, whatever is or is not heard.</param>
internal sealed record MaintenanceWindow(MaintenanceKind Kind, long Sequence, IReadOnlyList<int>? ShardIds, long OpenedMs, long EndsMs)
{
    /// <summary>True when the closer can be its own: not older, and about the same shards, as far as both name any.</summary>
    public bool CanBeClosedBy(ReceivedNotification closer) =>
        (closer.Sequence is null || Sequence < closer.Sequence)
        && (ShardIds is null || closer.ShardIds is null || ShardIds.SequenceEqual(closer.ShardIds));
}
