using Baton.Cluster.Model;

namespace Baton.Cluster.Operations;

/// <summary>
/// What follows when a master's instance is gone: its own data, or its replica? (docs/decisions/0016)
/// <code>
/// replica in sync   persistence       then
/// no                any               the master starts again on its own data
/// yes               always            the same: only it is known to hold every acknowledged write; the replica when it cannot be started
/// yes               none, everysec    the replica takes over, unless it is seen to lack something and the master's data is there
/// </code>
/// While a migrate or failover still has the shard in its hands, the decision waits for it.
/// </summary>
internal static class MasterLoss
{
    private const string FullSync = "always";

    /// <summary>True when the replica takes over, does so already, or will be asked again: nothing else is to be done now.</summary>
    /// <param name="scope">The step.</param>
    /// <param name="master">A shard whose instance is gone.</param>
    /// <param name="ownDataFailed">It could not be started on its own data.</param>
    public static bool TryFailOver(StepScope scope, ShardState master, bool ownDataFailed)
    {
        if (master.Role != ShardRole.Master)
        {
            return false;
        }

        if (UnderWay(scope, master) is not null)
        {
            return true;
        }

        string persistence = scope.Database(master.DatabaseUid).Persistence;
        ShardState? successor = scope.State.ReplicasOf(master).FirstOrDefault(
            r => r.Status == ShardStatus.Active && r.InSyncWith == master.InstanceId);
        if (successor is null || (persistence == FullSync && !ownDataFailed))
        {
            return false;
        }

        if (IsHeld(scope, master))
        {
            InstanceSupervision.StartAgainLater(scope, master);
            return true;
        }

        Begin(scope, master, successor, acceptBehind: ownDataFailed || !HasOwnData(scope, master));
        return true;
    }

    /// <summary>The master has data of its own to start on.</summary>
    public static bool HasOwnData(StepScope scope, ShardState master) => scope.Database(master.DatabaseUid).Persistence != "none";

    private static UnplannedFailoverOperation? UnderWay(StepScope scope, ShardState master) =>
        scope.State.RunningOperationsOf(master.DatabaseUid).OfType<UnplannedFailoverOperation>().FirstOrDefault(
            o => o.Phase == UnplannedFailoverPhase.Promoting && o.ShardUid == master.Uid);

    private static bool IsHeld(StepScope scope, ShardState master) =>
        scope.State.RunningOperationsOf(master.DatabaseUid).OfType<MoveShardsOperation>().Any(
            o => scope.State.GroupOf(master).Any(s => o.Holds(s.Uid)));

    private static void Begin(StepScope scope, ShardState master, ShardState successor, bool acceptBehind)
    {
        (long id, string uid) = RequestHandler.NewId(scope);
        scope.Begin(new UnplannedFailoverOperation
        {
            Id = id,
            ActionUid = uid,
            DatabaseUid = master.DatabaseUid,
            StartedAt = scope.Now,
            ShardUid = master.Uid,
            DeadInstanceId = master.InstanceId,
            SuccessorUid = successor.Uid,
            SuccessorInstanceId = successor.InstanceId,
            AcceptBehind = acceptBehind,
            Alone = scope.State.RunningOperationOf(master.DatabaseUid) is null,
        });
    }
}
