using Baton.Cluster.Model;
using Baton.Protocol.Maintenance;

namespace Baton.Cluster.Operations;

/// <summary>
/// Shards of one database go to a node: each gets a fresh instance there, and the old one is stopped. Roles stay. Announced with one
/// MIGRATING naming all shards when a master is among them; replicas alone move without a word, since no client can notice.
/// </summary>
public sealed record MigrateShardsOperation : MoveShardsOperation
{
    /// <inheritdoc/>
    public override string Name => IsRenewal ? ShardRenewal.Name : "migrate";

    /// <summary>The cluster's own doing, to the shard's own node, for the sake of a fresh instance: see <see cref="ShardRenewal"/>.</summary>
    public bool IsRenewal { get; init; }

    /// <summary>Where to.</summary>
    public required int TargetNodeUid { get; init; }

    private protected override bool FreshTargets => true;

    private protected override string Verb => "moved";

    private protected override MaintenanceNotification Opener(long sequence) => new Migrating(sequence, ShardUids);

    private protected override MaintenanceNotification Closer(long sequence) => new Migrated(sequence, ShardUids);

    private protected override ShardMove Prepare(StepScope scope, ShardMove move)
    {
        long target = scope.NewInstanceId();
        scope.Emit(new StartInstance(Id, target, move.ShardUid, TargetNodeUid, Recover: false));
        return move with { TargetInstanceId = target, State = ShardMoveState.Starting };
    }

    private protected override void Place(StepScope scope, ShardMove move) =>
        scope.Put(scope.Shard(move.ShardUid) with
        {
            InstanceId = move.TargetInstanceId,
            Epoch = scope.Shard(move.ShardUid).Epoch + (move.Role == ShardRole.Master ? 1 : 0),
            NodeUid = TargetNodeUid,
            Status = ShardStatus.Active,
            StartedAt = scope.Now,
            Restarts = 0,
            Problem = null,
            InSyncWith = move.Role == ShardRole.Replica ? scope.State.MasterOf(scope.Shard(move.ShardUid)).InstanceId : 0,
        });

    private protected override ShardMove Retire(StepScope scope, ShardMove move)
    {
        scope.Emit(new RetireOld(Id, move.ShardUid, move.SourceInstanceId, move.TargetInstanceId, KeepAsReplica: false));
        return move;
    }
}
