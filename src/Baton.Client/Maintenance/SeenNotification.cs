using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>A notification that was acted on; its copies on other connections, and repetitions, change nothing.</summary>
/// <param name="Kind">Its type.</param>
/// <param name="Sequence">Its number.</param>
/// <param name="Target">MOVING's place: the same number with another place is another event.</param>
/// <param name="ShardIds">The shards, which opener and closer share; null when it named none.</param>
/// <param name="UntilMs">When it is forgotten: a number may come again after a restart of the server's counter.</param>
internal sealed record SeenNotification(
    MaintenanceNotificationKind Kind, long Sequence, MovingAddress? Target, IReadOnlyList<int>? ShardIds, long UntilMs);
