using System.Collections.Immutable;
using Baton.Protocol.Maintenance;

namespace Baton.Cluster.Operations;

/// <summary>
/// Something to be done, decided by <see cref="ClusterStateMachine.Step"/> and carried out after the state that asks for it is stored.
/// Effects are idempotent: after a crash they are asked for again. A closed family.
/// </summary>
/// <param name="OperationId">Whose effect; 0 = supervision. Results carry it back.</param>
public abstract record ClusterEffect(long OperationId);

/// <summary>Start an engine instance. Result: <see cref="InstanceStarted"/> or <see cref="InstanceStartFailed"/>.</summary>
/// <param name="OperationId">See <see cref="ClusterEffect"/>.</param>
/// <param name="InstanceId">Its id; names its data.</param>
/// <param name="ShardUid">The shard it serves or is to serve.</param>
/// <param name="NodeUid">Where.</param>
/// <param name="Recover">Load the data it left behind; otherwise anything left behind is thrown away first.</param>
public sealed record StartInstance(long OperationId, long InstanceId, int ShardUid, int NodeUid, bool Recover) : ClusterEffect(OperationId);

/// <summary>
/// Stop an instance (also one that is still starting, or does not run) and delete its data. Result: <see cref="InstanceStopped"/>.
/// </summary>
public sealed record StopInstance(long OperationId, long InstanceId) : ClusterEffect(OperationId);

/// <summary>
/// Make an instance the replica of another and wait until its copy is complete.
/// Result: <see cref="ReplicaFollowing"/> or <see cref="ReplicaFollowFailed"/>.
/// </summary>
public sealed record FollowMaster(long OperationId, long InstanceId, long MasterInstanceId) : ClusterEffect(OperationId);

/// <summary>
/// A master is gone and its replica takes over: what is left of the master is ended, the replica reads its stream to the end and becomes
/// master. Result: <see cref="ReplicaPromoted"/> or <see cref="ReplicaPromoteFailed"/>.
/// </summary>
/// <param name="OperationId">See <see cref="ClusterEffect"/>.</param>
/// <param name="InstanceId">The replica.</param>
/// <param name="DeadInstanceId">The master it followed.</param>
/// <param name="AcceptBehind">Also when it lacks what the master was seen to have: there is no better copy.</param>
public sealed record PromoteReplica(long OperationId, long InstanceId, long DeadInstanceId, bool AcceptBehind)
    : ClusterEffect(OperationId);

/// <summary>
/// Give a running instance its database's size, eviction policy and settings as they are now. One that does not run gets them when it
/// starts. Result: <see cref="InstanceConfigured"/> or <see cref="InstanceConfigureFailed"/>.
/// </summary>
public sealed record ConfigureInstance(long OperationId, long InstanceId, int ShardUid) : ClusterEffect(OperationId);

/// <summary>Open a database's listener on a node. Result: <see cref="ListenerOpened"/> or <see cref="ListenerOpenFailed"/>.</summary>
public sealed record OpenListener(long OperationId, int DatabaseUid, int NodeUid) : ClusterEffect(OperationId);

/// <summary>Close a database's listener on a node after its connections are drained. Result: <see cref="ListenerClosed"/>.</summary>
/// <param name="OperationId">See <see cref="ClusterEffect"/>.</param>
/// <param name="DatabaseUid">The database.</param>
/// <param name="NodeUid">The node.</param>
/// <param name="Deleted">The database is deleted; otherwise the endpoint has moved.</param>
public sealed record CloseListener(long OperationId, int DatabaseUid, int NodeUid, bool Deleted) : ClusterEffect(OperationId);

/// <summary>Announce openers. Each goes to those it concerns, and to later opt-ins until <see cref="CloseWindow"/>. No result.</summary>
/// <param name="OperationId">See <see cref="ClusterEffect"/>.</param>
/// <param name="DatabaseUid">Whose clients.</param>
/// <param name="Openers">One per addressee; all have the same sequence number.</param>
/// <param name="Deadline">When the announced time is over.</param>
public sealed record OpenWindow(long OperationId, int DatabaseUid, ImmutableArray<WindowOpener> Openers, DateTimeOffset Deadline)
    : ClusterEffect(OperationId);

/// <summary>An opener and who gets it.</summary>
/// <param name="NodeUid">Only connections that came in through this node; null = all of the database.</param>
/// <param name="Notification">What to say.</param>
public sealed record WindowOpener(int? NodeUid, MaintenanceNotification Notification);

/// <summary>End a window. No result.</summary>
/// <param name="OperationId">See <see cref="ClusterEffect"/>.</param>
/// <param name="DatabaseUid">Whose clients.</param>
/// <param name="OpenerSequence">Which window.</param>
/// <param name="Closer">What to say; null = nothing (MOVING has no closer).</param>
public sealed record CloseWindow(long OperationId, int DatabaseUid, long OpenerSequence, MaintenanceNotification? Closer)
    : ClusterEffect(OperationId);

/// <summary>Wake up later. Result: <see cref="TimerFired"/>.</summary>
public sealed record ArmTimer(long OperationId, TimerId Timer, DateTimeOffset Due) : ClusterEffect(OperationId);

/// <summary>
/// Bring a target near a shard's serving instance. Result: any number of <see cref="MoveProgressed"/>, then <see cref="ShardNear"/> or
/// <see cref="ShardAttachFailed"/>.
/// </summary>
public sealed record AttachShard(long OperationId, int ShardUid, int RouteUid, long SourceInstanceId, long TargetInstanceId)
    : ClusterEffect(OperationId);

/// <summary>
/// Hold, catch up, fence, promote, store, open the route, release. Result: <see cref="SwitchFailed"/>, or <see cref="ShardPromoted"/> and
/// then <see cref="RouteOpened"/>.
/// </summary>
public sealed record SwitchShard(
    long OperationId, int ShardUid, int RouteUid, long SourceInstanceId, long TargetInstanceId, int HoldLimitMs)
    : ClusterEffect(OperationId);

/// <summary>After a switch: the old instance is no master any more. Result: <see cref="OldRetired"/>.</summary>
/// <param name="OperationId">See <see cref="ClusterEffect"/>.</param>
/// <param name="ShardUid">The shard that was switched.</param>
/// <param name="OldInstanceId">The old instance.</param>
/// <param name="NewInstanceId">The instance that serves now.</param>
/// <param name="KeepAsReplica">It follows the new one; otherwise it stays fenced.</param>
public sealed record RetireOld(long OperationId, int ShardUid, long OldInstanceId, long NewInstanceId, bool KeepAsReplica)
    : ClusterEffect(OperationId);

/// <summary>Forget a move that has not been switched: cancel its copy, leave the source serving. No result.</summary>
public sealed record AbandonMove(long OperationId, int ShardUid) : ClusterEffect(OperationId);
