using Baton.Cluster.Model;

namespace Baton.Cluster.Operations;

/// <summary>
/// What happens outside of operations: after a start everything that is to serve is started, and what dies is started again, on its own
/// data.
/// <code>
/// event (operation 0)        then
/// controller started         every shard of a live database starts on its data
/// instance started           masters and replicas are brought together; all masters up: listeners open
/// instance died, not started: a master whose replica can take over: an unplanned failover (MasterLoss)
///                            others: again after a pause that doubles, at most MaxRestarts times in a row; replicas begin empty
/// replica does not follow    told again after a pause
/// replica follows            noted as in sync; the unplanned failover that waits for it is over
/// listener not opened        tried again after a pause
/// listener opened            all open: the operation that waits for the database goes on
/// settings not taken         given again after a pause
/// </code>
/// Results that nobody waits for any more (an instance no shard names, a listener no database wants) are taken away.
/// </summary>
internal static class InstanceSupervision
{
    /// <summary>Restarts of one instance in a row before it is given up.</summary>
    public const int MaxRestarts = 8;

    private const string NotConfigured = "does not take its settings: ";

    /// <summary>Pause before the first restart; doubles with each.</summary>
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(250);

    /// <summary>An instance that has run this long starts with a clean record.</summary>
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(60);

    /// <summary>Pause before a replica is told again, or a listener tried again.</summary>
    private static readonly TimeSpan AgainPause = TimeSpan.FromSeconds(1);

    /// <summary>Nothing runs yet: asks for everything that shall.</summary>
    public static void Boot(StepScope scope)
    {
        foreach (DatabaseState database in scope.State.Databases.Values)
        {
            scope.Put(database with { ListeningNodes = [] });
            foreach (ShardState shard in scope.State.ShardsOf(database.Uid))
            {
                scope.Put(shard with { Status = ShardStatus.Inactive, Restarts = 0, Problem = null, InSyncWith = 0 });
                if (IsLive(database))
                {
                    scope.Emit(new StartInstance(0, shard.InstanceId, shard.Uid, shard.NodeUid, Recover: true));
                }
            }
        }

        foreach (DatabaseOperation operation in scope.State.Operations.Values.OfType<DatabaseOperation>().Where(o => !o.IsFinished))
        {
            operation.Restart(scope);
        }
    }

    /// <summary>Results of effects with operation 0, and of effects whose operation is over.</summary>
    public static void On(StepScope scope, EffectResult happened)
    {
        switch (happened)
        {
            case InstanceStarted started:
                OnStarted(scope, started.OperationId, started.InstanceId);
                break;
            case InstanceStartFailed failed:
                Again(scope, failed.InstanceId, failed.Reason, notStarted: true);
                break;
            case ReplicaFollowFailed failed when ShardOf(scope, failed.InstanceId) is { Role: ShardRole.Replica } shard:
                scope.Put(shard with { Problem = $"does not follow its master: {failed.Reason}" });
                scope.Emit(new ArmTimer(0, new TimerId(TimerKind.FollowMaster, failed.InstanceId), scope.Now + AgainPause));
                break;
            case InstanceConfigured configured when ShardOf(scope, configured.InstanceId) is { Problem: { } problem } shard
                                                    && problem.StartsWith(NotConfigured, StringComparison.Ordinal):
                scope.Put(shard with { Problem = null });
                break;
            case InstanceConfigureFailed failed when ShardOf(scope, failed.InstanceId) is { Status: ShardStatus.Active } shard:
                scope.Put(shard with { Problem = NotConfigured + failed.Reason });
                scope.Emit(new ArmTimer(0, new TimerId(TimerKind.ConfigureInstance, failed.InstanceId), scope.Now + AgainPause));
                break;
            case ListenerOpened opened:
                OnListening(scope, opened);
                break;
            case ListenerOpenFailed { OperationId: 0 } failed:
                scope.Emit(new ArmTimer(
                    0, new TimerId(TimerKind.OpenListener, failed.DatabaseUid, failed.NodeUid), scope.Now + AgainPause));
                break;
            case TimerFired fired:
                OnTimer(scope, fired.Timer);
                break;
            default:
                // The end of something that was taken away: nothing is left to decide.
                break;
        }
    }

    /// <summary>An instance ended by itself.</summary>
    public static void OnDied(StepScope scope, InstanceDied died) => Again(scope, died.InstanceId, died.Reason, notStarted: false);

    /// <summary>A replica's copy is complete and its link is up. What comes late, of a master that is none any more, says nothing.</summary>
    public static void NoteInSync(StepScope scope, ReplicaFollowing following)
    {
        if (ShardOf(scope, following.InstanceId) is not { Role: ShardRole.Replica, Status: ShardStatus.Active } shard
            || scope.State.MasterOf(shard) is not { Status: ShardStatus.Active } master
            || master.InstanceId != following.MasterInstanceId)
        {
            return;
        }

        scope.Put(shard with { Problem = null, InSyncWith = master.InstanceId });
        foreach (UnplannedFailoverOperation waiting in scope.State.RunningOperationsOf(shard.DatabaseUid)
                     .OfType<UnplannedFailoverOperation>().ToArray())
        {
            waiting.OnInSync(scope, shard.Uid);
        }
    }

    /// <summary>Starts a shard's instance on the data it left behind.</summary>
    public static void StartOnOwnData(StepScope scope, ShardState shard) =>
        scope.Emit(new StartInstance(0, shard.InstanceId, shard.Uid, shard.NodeUid, Recover: true));

    /// <summary>Starts a shard's instance again after the pause that belongs to its number of restarts.</summary>
    public static void StartAgainLater(StepScope scope, ShardState shard)
    {
        TimeSpan pause = RestartPause * (1 << Math.Clamp(shard.Restarts - 1, 0, MaxRestarts));
        scope.Emit(new ArmTimer(0, new TimerId(TimerKind.RestartInstance, shard.InstanceId), scope.Now + pause));
    }

    private static bool IsLive(DatabaseState database) => database.Status is DatabaseStatus.Active or DatabaseStatus.ActiveChangePending;

    private static ShardState? ShardOf(StepScope scope, long instanceId) =>
        scope.State.Shards.Values.FirstOrDefault(s => s.InstanceId == instanceId);

    private static void OnStarted(StepScope scope, long operationId, long instanceId)
    {
        ShardState? shard = ShardOf(scope, instanceId);
        if (shard is null)
        {
            scope.Emit(new StopInstance(operationId, instanceId));
            return;
        }

        // What just started begins a history of its own: whoever was in sync with it, or it with others, has to follow anew.
        scope.Put(shard with { Status = ShardStatus.Active, StartedAt = scope.Now, Problem = null, InSyncWith = 0 });
        ShardState master = scope.State.MasterOf(shard);
        foreach (ShardState replica in scope.State.ReplicasOf(shard).Where(r => shard.Uid == master.Uid && r.InSyncWith != 0))
        {
            scope.Put(replica with { InSyncWith = 0 });
        }

        if (master.Status != ShardStatus.Active)
        {
            return;
        }

        foreach (ShardState replica in scope.State.ReplicasOf(shard).Where(r => r.Status == ShardStatus.Active))
        {
            scope.Emit(new FollowMaster(0, replica.InstanceId, master.InstanceId));
        }

        OpenListenersWhenUp(scope, shard.DatabaseUid);
    }

    private static void OpenListenersWhenUp(StepScope scope, int databaseUid)
    {
        DatabaseState database = scope.Database(databaseUid);
        if (!IsLive(database) || scope.State.MastersOf(databaseUid).Any(m => m.Status != ShardStatus.Active))
        {
            return;
        }

        foreach (int node in database.BoundNodes.Except(database.ListeningNodes))
        {
            scope.Emit(new OpenListener(0, databaseUid, node));
        }

        GoOnWhenUp(scope, database);
    }

    private static void GoOnWhenUp(StepScope scope, DatabaseState database)
    {
        if (scope.State.IsUp(database))
        {
            foreach (DatabaseOperation waiting in scope.State.RunningOperationsOf(database.Uid).OfType<DatabaseOperation>().ToArray())
            {
                waiting.DatabaseUp(scope);
            }
        }
    }

    private static void OnListening(StepScope scope, ListenerOpened opened)
    {
        if (!scope.State.Databases.TryGetValue(opened.DatabaseUid, out DatabaseState? database)
            || !IsLive(database) || !database.BoundNodes.Contains(opened.NodeUid))
        {
            scope.Emit(new CloseListener(0, opened.DatabaseUid, opened.NodeUid, Deleted: true));
            return;
        }

        scope.Put(database with { ListeningNodes = database.ListeningNodes.Add(opened.NodeUid) });
        GoOnWhenUp(scope, scope.Database(database.Uid));
    }

    private static void Again(StepScope scope, long instanceId, string reason, bool notStarted)
    {
        if (ShardOf(scope, instanceId) is not { } shard || !IsLive(scope.Database(shard.DatabaseUid)))
        {
            return; // A target, or a part of a create or delete: their operation deals with it.
        }

        int restarts = shard.StartedAt is { } since && scope.Now - since > StableAfter ? 0 : shard.Restarts;
        bool givenUp = restarts >= MaxRestarts;
        ShardState gone = shard with
        {
            Status = ShardStatus.Inactive,
            Restarts = restarts + 1,
            InSyncWith = 0,
            Problem = givenUp ? $"given up after {MaxRestarts} restarts; it last said: {reason}" : reason,
        };
        scope.Put(gone);
        if (!givenUp && !MasterLoss.TryFailOver(scope, gone, ownDataFailed: notStarted))
        {
            StartAgainLater(scope, gone);
        }
    }

    private static void StartAgain(StepScope scope, ShardState shard)
    {
        if (shard.Role == ShardRole.Replica)
        {
            // Its data is the master's: what it left behind would only be loaded to be thrown away, and may be why it died.
            scope.Emit(new StartInstance(0, shard.InstanceId, shard.Uid, shard.NodeUid, Recover: false));
        }
        else if (!MasterLoss.TryFailOver(scope, shard, ownDataFailed: false))
        {
            StartOnOwnData(scope, shard);
        }
    }

    private static void OnTimer(StepScope scope, TimerId timer)
    {
        switch (timer.Kind)
        {
            case TimerKind.RestartInstance when ShardOf(scope, timer.Subject) is { Status: ShardStatus.Inactive } shard
                                                && IsLive(scope.Database(shard.DatabaseUid)):
                StartAgain(scope, shard);
                break;
            case TimerKind.FollowMaster when ShardOf(scope, timer.Subject)
                                                 is { Role: ShardRole.Replica, Status: ShardStatus.Active } replica
                                             && scope.State.MasterOf(replica) is { Status: ShardStatus.Active } master:
                scope.Emit(new FollowMaster(0, replica.InstanceId, master.InstanceId));
                break;
            case TimerKind.ConfigureInstance when ShardOf(scope, timer.Subject) is { Status: ShardStatus.Active } shard:
                scope.Emit(new ConfigureInstance(0, shard.InstanceId, shard.Uid));
                break;
            case TimerKind.OpenListener when scope.State.Databases.ContainsKey((int)timer.Subject):
                OpenListenersWhenUp(scope, (int)timer.Subject);
                break;
            default:
                // The shard moved or was deleted while the timer ran. Timers of operations that are over come here too.
                break;
        }
    }
}
