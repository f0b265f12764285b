using Baton.Cluster.Model;
using Baton.Protocol.Maintenance;

namespace Baton.Cluster.Operations;

/// <summary>
/// Masters of one database hand over to their replicas. The two shards swap roles in place: uids, nodes and instances stay, the old master
/// follows the new one. Announced with one FAILING_OVER naming the masters that hand over.
/// </summary>
public sealed record FailoverShardsOperation : MoveShardsOperation
{
    /// <inheritdoc/>
    public override string Name => "failover";

    private protected override bool FreshTargets => false;

    private protected override string Verb => "failed over";

    private protected override MaintenanceNotification Opener(long sequence) => new FailingOver(sequence, ShardUids);

    private protected override MaintenanceNotification Closer(long sequence) => new FailedOver(sequence, ShardUids);

    private protected override ShardMove Prepare(StepScope scope, ShardMove move) => Attach(scope, move);

    private protected override void Place(StepScope scope, ShardMove move)
    {
        ShardState old = scope.Shard(move.ShardUid);
        ShardState successor = scope.State.ReplicasOf(old).Single(r => r.InstanceId == move.TargetInstanceId);
        scope.Put(old with { Role = ShardRole.Replica });
        scope.Put(successor with { Role = ShardRole.Master, Epoch = old.Epoch + 1, InSyncWith = 0 });
    }

    private protected override ShardMove Retire(StepScope scope, ShardMove move)
    {
        scope.Emit(new RetireOld(Id, move.ShardUid, move.SourceInstanceId, move.TargetInstanceId, KeepAsReplica: true));
        return move;
    }
}
