using Baton.Cluster.Model;

namespace Baton.Cluster.Operations;

/// <summary>What happens to it.</summary>
public abstract partial record MoveShardsOperation
{
    /// <inheritdoc/>
    internal override void On(StepScope scope, ClusterEvent happened)
    {
        switch (happened)
        {
            case TimerFired { Timer.Kind: TimerKind.HandoffDelay } when Phase == MoveShardsPhase.Announced:
                To(MoveShardsPhase.Copying).StartCopying(scope);
                break;
            case TimerFired { Timer: { Kind: TimerKind.RetryPause, Subject: var shard } }:
                TryAgain(scope, MoveOf((int)shard));
                break;
            case InstanceStarted started when TargetOf(started.InstanceId) is { State: ShardMoveState.Starting } move:
                scope.Put(With(Attach(scope, move)));
                break;
            case InstanceStartFailed failed when TargetOf(failed.InstanceId) is { State: ShardMoveState.Starting } move:
                Fail(scope, $"the new instance of shard {move.ShardUid} did not come up: {failed.Reason}");
                break;
            case ReplicaFollowing following when TargetOf(following.InstanceId) is { State: ShardMoveState.Attaching } move:
                With(move with { State = ShardMoveState.Near }).SwitchWhenAllNear(scope);
                break;
            case ReplicaFollowFailed failed when TargetOf(failed.InstanceId) is { State: ShardMoveState.Attaching } move:
                Fail(scope, $"the new replica of shard {move.ShardUid} does not follow its master: {failed.Reason}");
                break;
            case ShardNear near when MoveOf(near.ShardUid) is { State: ShardMoveState.Attaching } move:
                With(move with { State = ShardMoveState.Near }).SwitchWhenAllNear(scope);
                break;
            case ShardAttachFailed failed when MoveOf(failed.ShardUid) is { State: ShardMoveState.Attaching } move:
                Fail(scope, $"the copy of shard {move.ShardUid} failed: {failed.Reason}");
                break;
            case MoveProgressed progressed when Phase == MoveShardsPhase.Copying:
                // The slowest copy is not known here; the figure is what the last one to speak says, and never goes back.
                scope.Put(this with { Progress = Math.Max(Progress, 10 + (Math.Clamp(progressed.Percent, 0, 100) / 2)) });
                scope.Transient = true;
                break;
            case ShardPromoted promoted when MoveOf(promoted.ShardUid) is { State: ShardMoveState.Switching } move:
                Place(scope, move);
                scope.Put(With(move with { State = ShardMoveState.Promoted }));
                break;
            case RouteOpened opened when MoveOf(opened.ShardUid) is { State: ShardMoveState.Promoted } move:
                OnRouteOpened(scope, move, opened.HoldMs);
                break;
            case SwitchFailed failed when MoveOf(failed.ShardUid) is { State: ShardMoveState.Switching } move:
                OnSwitchFailed(scope, move, failed);
                break;
            case OldRetired retired when MoveOf(retired.ShardUid) is { State: ShardMoveState.Switched } move:
                OnOldRetired(scope, move);
                break;
            case InstanceStopped stopped:
                OnStopped(scope, stopped.InstanceId);
                break;
            case InstanceDied died when Phase != MoveShardsPhase.Resuming:
                OnDied(scope, died);
                break;
            default:
                // Results that come late or twice (of a move that was given up or is further already), and events of other kinds of
                // operation.
                break;
        }
    }

    private ShardMove? TargetOf(long instanceId) => Moves.FirstOrDefault(m => m.TargetInstanceId == instanceId);

    private void TryAgain(StepScope scope, ShardMove? move)
    {
        if (move is not { State: ShardMoveState.Pausing } || Phase != MoveShardsPhase.Copying)
        {
            return; // The operation was given up while the pause ran.
        }

        if (move.TargetKept)
        {
            With(move with { State = ShardMoveState.Near }).SwitchWhenAllNear(scope);
        }
        else
        {
            scope.Put(With(Prepare(scope, move with { State = ShardMoveState.Waiting })));
        }
    }

    private void OnRouteOpened(StepScope scope, ShardMove move, double holdMs)
    {
        ShardState served = scope.State.MasterOf(scope.Shard(move.ShardUid));
        foreach (ShardState replica in scope.State.ReplicasOf(served).Where(r => r.InstanceId != move.SourceInstanceId))
        {
            // A replica that does not follow at once is supervision's business; the move does not wait for it.
            scope.Emit(new FollowMaster(0, replica.InstanceId, served.InstanceId));
        }

        MoveShardsOperation operation = With(Retire(scope, move with { State = ShardMoveState.Switched }));
        (operation with { HoldMs = HoldMs.SetItem(move.ShardUid, holdMs) }).SwitchNext(scope);
    }

    private void OnSwitchFailed(StepScope scope, ShardMove move, SwitchFailed failed)
    {
        int tries = move.Tries + 1;
        MoveShardsOperation operation = With(move with { Tries = tries, State = ShardMoveState.Pausing, TargetKept = failed.TargetKept });
        if (Error is not null || !failed.Retriable || tries >= MaxTries)
        {
            string how = failed.Retriable ? $"the switch of shard {move.ShardUid} was tried {tries} times"
                : $"the switch of shard {move.ShardUid} failed";
            operation.Fail(scope, $"{how}: {failed.Reason}");
            return;
        }

        if (!failed.TargetKept && FreshTargets)
        {
            scope.Emit(new StopInstance(Id, move.TargetInstanceId));
        }

        scope.Emit(new ArmTimer(Id, new TimerId(TimerKind.RetryPause, move.ShardUid), scope.Now + (RetryPause * (1 << (tries - 1)))));
        scope.Put(operation.To(MoveShardsPhase.Copying) with { Retries = Retries + 1 });
    }

    private void OnOldRetired(StepScope scope, ShardMove move)
    {
        if (FreshTargets)
        {
            scope.Emit(new StopInstance(Id, move.SourceInstanceId));
            return;
        }

        // It has been told whom to follow; once more, to hear when it is in sync.
        scope.Emit(new FollowMaster(0, move.SourceInstanceId, move.TargetInstanceId));
        With(move with { State = ShardMoveState.Done }).FinishWhenOver(scope);
    }

    private void OnStopped(StepScope scope, long instanceId)
    {
        ShardMove? move = Moves.FirstOrDefault(m =>
            (m.State == ShardMoveState.Switched && m.SourceInstanceId == instanceId)
            || (m.State == ShardMoveState.Abandoning && m.TargetInstanceId == instanceId));
        if (move is null)
        {
            return; // A target that was thrown away between two tries.
        }

        ShardMoveState over = move.State == ShardMoveState.Switched ? ShardMoveState.Done : ShardMoveState.Abandoned;
        With(move with { State = over }).FinishWhenOver(scope);
    }

    private void OnDied(StepScope scope, InstanceDied died)
    {
        foreach (ShardMove move in Moves.Where(m => !m.IsSwitched && !m.IsOver && m.State != ShardMoveState.Abandoning))
        {
            if (move.TargetInstanceId == died.InstanceId)
            {
                Fail(scope, $"the target of shard {move.ShardUid} died: {died.Reason}");
                return;
            }

            if (move.SourceInstanceId == died.InstanceId)
            {
                Fail(scope, $"the serving instance of shard {move.ShardUid} died: {died.Reason}");
                return;
            }

            if (move.Role == ShardRole.Replica && scope.State.MasterOf(scope.Shard(move.ShardUid)).InstanceId == died.InstanceId)
            {
                // The shard may be master in a moment: it is needed where it is.
                Fail(scope, $"the master of shard {move.ShardUid} died: {died.Reason}");
                return;
            }
        }

        // Otherwise: a switched shard's old instance (its stop is asked for anyway) or its new one (supervision starts it again).
    }
}
