using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Protocol.Maintenance;

namespace Baton.Cluster.Operations;

/// <summary>
/// A master is gone and its replica takes over. The two shards swap roles in place; the dead one begins anew as a replica. Runs beside
/// whatever else changes the database: an outage does not wait.
/// </summary>
public sealed record UnplannedFailoverOperation : DatabaseOperation
{
    /// <summary>Longest wait for a new replica before the operation ends without it. Supervision goes on trying.</summary>
    public static readonly TimeSpan ReplaceLimit = TimeSpan.FromMinutes(10);

    /// <summary>The time FAILING_OVER names: how long clients should be patient.</summary>
    public static readonly TimeSpan AnnouncedTime = TimeSpan.FromSeconds(10);

    /// <summary>The allowed phase changes.</summary>
    public static PhaseTable<UnplannedFailoverPhase> Phases { get; } = new(
        [UnplannedFailoverPhase.Promoting],
        [
            (UnplannedFailoverPhase.Promoting, UnplannedFailoverPhase.Replacing),
            (UnplannedFailoverPhase.Promoting, UnplannedFailoverPhase.Failed),
            (UnplannedFailoverPhase.Replacing, UnplannedFailoverPhase.Completed),
            (UnplannedFailoverPhase.Replacing, UnplannedFailoverPhase.Failed),
        ]);

    /// <inheritdoc/>
    public override string Name => "unplanned-failover";

    /// <summary>Where it stands.</summary>
    public UnplannedFailoverPhase Phase { get; init; } = UnplannedFailoverPhase.Promoting;

    /// <inheritdoc/>
    public override string PhaseName => Phase.ToString();

    /// <summary>The shard whose master died; it becomes a replica.</summary>
    public required int ShardUid { get; init; }

    /// <summary>The instance that died.</summary>
    public required long DeadInstanceId { get; init; }

    /// <summary>The shard that takes over.</summary>
    public required int SuccessorUid { get; init; }

    /// <summary>Its instance.</summary>
    public required long SuccessorInstanceId { get; init; }

    /// <inheritdoc/>
    public override bool Names(long instanceId) => instanceId == DeadInstanceId || instanceId == SuccessorInstanceId;

    /// <summary>It takes over even if it lacks something: there is no better copy.</summary>
    public bool AcceptBehind { get; init; }

    /// <summary>No other operation of the database ran when it began: the clients are told.</summary>
    public bool Alone { get; init; }

    /// <summary>Sequence number of the opener that is open; 0 = nothing announced.</summary>
    public long OpenerSequence { get; init; }

    /// <inheritdoc/>
    internal override void Begin(StepScope scope)
    {
        long sequence = Alone ? scope.TakeSequence(DatabaseUid, 2) : 0;
        scope.Put(this with { OpenerSequence = sequence, Progress = 10 });
        if (sequence > 0)
        {
            scope.Emit(new OpenWindow(
                Id, DatabaseUid, [new WindowOpener(null, new FailingOver(sequence, [ShardUid]))], scope.Now + AnnouncedTime));
        }

        scope.Emit(new PromoteReplica(Id, SuccessorInstanceId, DeadInstanceId, AcceptBehind));
    }

    /// <inheritdoc/>
    internal override void On(StepScope scope, ClusterEvent happened)
    {
        switch (happened)
        {
            case ReplicaPromoted promoted when IsPromoting(promoted.InstanceId):
                TakeOver(scope);
                break;
            case ReplicaPromoteFailed failed when IsPromoting(failed.InstanceId):
                GiveUp(scope, failed.Reason, canAskAgain: !MasterLoss.HasOwnData(scope, scope.Shard(ShardUid)));
                break;
            case InstanceDied died when IsPromoting(died.InstanceId):
                GiveUp(scope, $"it died too: {died.Reason}", canAskAgain: false);
                break;
            case TimerFired { Timer.Kind: TimerKind.ReplaceReplica } when Phase == UnplannedFailoverPhase.Replacing:
                Finish(scope, To(UnplannedFailoverPhase.Failed) with
                {
                    Error = $"shard {SuccessorUid} took over, but shard {ShardUid}, its new replica, was not in sync within "
                        + $"{nameof(ReplaceLimit)}; it is still being tried",
                });
                break;
            default:
                // Results that come late or twice. Starting the new replica, and bringing it in sync, is supervision's business.
                break;
        }
    }

    /// <summary>A replica of the database is in sync with its master.</summary>
    internal void OnInSync(StepScope scope, int shardUid)
    {
        if (Phase == UnplannedFailoverPhase.Replacing && shardUid == ShardUid)
        {
            Finish(scope, To(UnplannedFailoverPhase.Completed));
        }
    }

    /// <summary>
    /// <code>
    /// when it stopped   then
    /// Promoting         failed: nothing was stored and no client was served, so the master starts on its own data
    /// Replacing         goes on: the stored master starts on its own data, and the new replica follows it
    /// </code>
    /// </summary>
    internal override void Restart(StepScope scope)
    {
        if (Phase == UnplannedFailoverPhase.Promoting)
        {
            Finish(scope, To(UnplannedFailoverPhase.Failed) with
            {
                Error = $"the server was started again before shard {SuccessorUid} took over; shard {ShardUid} starts on its own data",
            });
            return;
        }

        ArmReplaceLimit(scope);
    }

    private bool IsPromoting(long instanceId) => Phase == UnplannedFailoverPhase.Promoting && instanceId == SuccessorInstanceId;

    private UnplannedFailoverOperation To(UnplannedFailoverPhase phase) => this with { Phase = Phases.Move(Phase, phase) };

    private void ArmReplaceLimit(StepScope scope) =>
        scope.Emit(new ArmTimer(Id, new TimerId(TimerKind.ReplaceReplica, ShardUid), scope.Now + ReplaceLimit));

    /// <summary>The point of no return: once this is stored the proxies send to the new master.</summary>
    private void TakeOver(StepScope scope)
    {
        ShardState old = scope.Shard(ShardUid);
        ShardState successor = scope.Shard(SuccessorUid);
        long fresh = scope.NewInstanceId();
        scope.Put(successor with { Role = ShardRole.Master, Epoch = old.Epoch + 1, InSyncWith = 0, Problem = null });
        scope.Put(old with
        {
            Role = ShardRole.Replica,
            InstanceId = fresh,
            Status = ShardStatus.Inactive,
            StartedAt = null,
            Restarts = 0,
            InSyncWith = 0,
            Problem = null,
        });
        CloseWindow(scope);
        scope.Emit(new StopInstance(Id, DeadInstanceId));
        scope.Emit(new StartInstance(0, fresh, old.Uid, old.NodeUid, Recover: false));
        foreach (ShardState other in scope.State.ReplicasOf(successor).Where(r => r.Uid != ShardUid && r.Status == ShardStatus.Active))
        {
            scope.Emit(new FollowMaster(0, other.InstanceId, SuccessorInstanceId));
        }

        ArmReplaceLimit(scope);
        scope.Put(To(UnplannedFailoverPhase.Replacing) with
        {
            Progress = 60,
            HoldMs = ImmutableSortedDictionary<int, double>.Empty.Add(ShardUid, (scope.Now - StartedAt).TotalMilliseconds),
        });
    }

    private void CloseWindow(StepScope scope)
    {
        if (OpenerSequence > 0)
        {
            scope.Emit(new CloseWindow(Id, DatabaseUid, OpenerSequence, new FailedOver(OpenerSequence + 1, [ShardUid])));
        }
    }

    /// <summary>
    /// The master starts on its own data. Where it has none, the replica is all there is: it is asked again, after a pause, until the
    /// master's restarts are used up.
    /// </summary>
    private void GiveUp(StepScope scope, string reason, bool canAskAgain)
    {
        CloseWindow(scope);
        ShardState master = scope.Shard(ShardUid);
        bool again = canAskAgain && master.Restarts < InstanceSupervision.MaxRestarts;
        Finish(scope, To(UnplannedFailoverPhase.Failed) with
        {
            Error = $"shard {SuccessorUid} did not take over from shard {ShardUid}: {reason}; "
                + (again ? "it is asked again" : $"shard {ShardUid} starts on its own data"),
        });
        if (again)
        {
            scope.Put(master with { Restarts = master.Restarts + 1 });
            InstanceSupervision.StartAgainLater(scope, scope.Shard(ShardUid));
        }
        else
        {
            InstanceSupervision.StartOnOwnData(scope, master);
        }
    }
}
