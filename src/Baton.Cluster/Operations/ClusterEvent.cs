using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Operations;

/// <summary>Something that happened. The only input of <see cref="ClusterStateMachine.Step"/>; a closed family.</summary>
public abstract record ClusterEvent;

/// <summary>Somebody asks for something.</summary>
/// <param name="Request">What.</param>
public sealed record Requested(ClusterRequest Request) : ClusterEvent;

/// <summary>The controller has loaded the state and nothing runs yet: no instance, no listener, no timer, no connection.</summary>
/// <param name="Engines">What can be started now.</param>
public sealed record ControllerStarted(ImmutableSortedDictionary<string, EngineTraits> Engines) : ClusterEvent;

/// <summary>An instance ended without having been asked to.</summary>
/// <param name="InstanceId">Which.</param>
/// <param name="Reason">What it said.</param>
public sealed record InstanceDied(long InstanceId, string Reason) : ClusterEvent;

/// <summary>
/// A shard's instance takes more disk than its database may: most of it is records that were replaced or deleted long ago.
/// </summary>
/// <param name="ShardUid">Which.</param>
/// <param name="InstanceId">The instance that was looked at.</param>
/// <param name="DiskBytes">What it takes.</param>
public sealed record ShardBloated(int ShardUid, long InstanceId, long DiskBytes) : ClusterEvent;

/// <summary>The result of an effect, or a timer.</summary>
/// <param name="OperationId">The operation the effect belonged to; 0 = supervision.</param>
public abstract record EffectResult(long OperationId) : ClusterEvent;

/// <summary>An instance answers, with its data loaded.</summary>
public sealed record InstanceStarted(long OperationId, long InstanceId) : EffectResult(OperationId);

/// <summary>An instance did not come up.</summary>
public sealed record InstanceStartFailed(long OperationId, long InstanceId, string Reason) : EffectResult(OperationId);

/// <summary>An instance is gone, its data too when that was asked.</summary>
public sealed record InstanceStopped(long OperationId, long InstanceId) : EffectResult(OperationId);

/// <summary>A replica's first copy is complete and its link is up.</summary>
public sealed record ReplicaFollowing(long OperationId, long InstanceId, long MasterInstanceId) : EffectResult(OperationId);

/// <summary>A replica does not follow its master.</summary>
public sealed record ReplicaFollowFailed(long OperationId, long InstanceId, string Reason) : EffectResult(OperationId);

/// <summary>A replica is master, and holds everything its dead master sent it.</summary>
public sealed record ReplicaPromoted(long OperationId, long InstanceId) : EffectResult(OperationId);

/// <summary>A replica did not take over.</summary>
public sealed record ReplicaPromoteFailed(long OperationId, long InstanceId, string Reason) : EffectResult(OperationId);

/// <summary>An instance has its database's settings.</summary>
public sealed record InstanceConfigured(long OperationId, long InstanceId) : EffectResult(OperationId);

/// <summary>An instance did not take its database's settings.</summary>
public sealed record InstanceConfigureFailed(long OperationId, long InstanceId, string Reason) : EffectResult(OperationId);

/// <summary>A database's listener on a node accepts connections.</summary>
public sealed record ListenerOpened(long OperationId, int DatabaseUid, int NodeUid) : EffectResult(OperationId);

/// <summary>A database's listener on a node could not be opened.</summary>
public sealed record ListenerOpenFailed(long OperationId, int DatabaseUid, int NodeUid, string Reason) : EffectResult(OperationId);

/// <summary>A database's listener on a node is closed and its last connection too.</summary>
public sealed record ListenerClosed(long OperationId, int DatabaseUid, int NodeUid) : EffectResult(OperationId);

/// <summary>A timer ran out.</summary>
public sealed record TimerFired(long OperationId, TimerId Timer) : EffectResult(OperationId);

/// <summary>A target is near its source: what is left fits into a hold.</summary>
public sealed record ShardNear(long OperationId, int ShardUid) : EffectResult(OperationId);

/// <summary>A target could not be brought near.</summary>
public sealed record ShardAttachFailed(long OperationId, int ShardUid, string Reason) : EffectResult(OperationId);

/// <summary>How far a copy is. Not stored.</summary>
public sealed record MoveProgressed(long OperationId, int ShardUid, int Percent) : EffectResult(OperationId);

/// <summary>
/// The target is master and proven equal, and the hold is still closed. Once this is stored the new instance is the shard's: the point of
/// no return.
/// </summary>
public sealed record ShardPromoted(long OperationId, int ShardUid) : EffectResult(OperationId);

/// <summary>Every proxy sends the shard's commands to the new instance.</summary>
/// <param name="OperationId">See <see cref="EffectResult"/>.</param>
/// <param name="ShardUid">The shard.</param>
/// <param name="HoldMs">How long commands waited.</param>
public sealed record RouteOpened(long OperationId, int ShardUid, double HoldMs) : EffectResult(OperationId);

/// <summary>The switch did not happen, and the old instance serves as before.</summary>
/// <param name="OperationId">See <see cref="EffectResult"/>.</param>
/// <param name="ShardUid">The shard.</param>
/// <param name="Reason">What went wrong at which step.</param>
/// <param name="Retriable">Trying again makes sense (a bound was reached).</param>
/// <param name="TargetKept">The target is still near and can be used again.</param>
public sealed record SwitchFailed(long OperationId, int ShardUid, string Reason, bool Retriable, bool TargetKept)
    : EffectResult(OperationId);

/// <summary>The old instance is no master any more.</summary>
public sealed record OldRetired(long OperationId, int ShardUid) : EffectResult(OperationId);

/// <summary>Names a timer. Arming one again replaces it.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Subject">A shard uid, instance id or database uid, by kind; 0 = the operation itself.</param>
/// <param name="NodeUid">For listeners.</param>
public readonly record struct TimerId(TimerKind Kind, long Subject = 0, int NodeUid = 0);

/// <summary>What a timer is for.</summary>
public enum TimerKind
{
    /// <summary>The pause between the opening notification and the operation is over.</summary>
    HandoffDelay,

    /// <summary>A failed switch may be tried again. Subject: shard.</summary>
    RetryPause,

    /// <summary>The time announced by MOVING is over.</summary>
    RebindGrace,

    /// <summary>An instance may be started again. Subject: instance.</summary>
    RestartInstance,

    /// <summary>A replica is told again whom to follow. Subject: instance.</summary>
    FollowMaster,

    /// <summary>A listener is tried again. Subject: database.</summary>
    OpenListener,

    /// <summary>A new replica should be in sync by now. Subject: shard.</summary>
    ReplaceReplica,

    /// <summary>An instance is given its settings again. Subject: instance.</summary>
    ConfigureInstance,
}
