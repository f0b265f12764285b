using Baton.Cluster.Model;

namespace Baton.Cluster.Operations;

/// <summary>How it ends, and what a restart of the controller makes of it.</summary>
public abstract partial record MoveShardsOperation
{
    /// <summary>Gives up what is not switched yet. A switch under way is waited for: it knows best which side serves.</summary>
    private void Fail(StepScope scope, string reason)
    {
        MoveShardsOperation operation = Error is null ? this with { Error = reason } : this;
        if (Moves.Any(m => m.State is ShardMoveState.Switching or ShardMoveState.Promoted))
        {
            scope.Put(operation);
        }
        else
        {
            operation.Close(scope);
        }
    }

    /// <summary>The announced window ends in every case, also when nothing came of it.</summary>
    private void Close(StepScope scope)
    {
        MoveShardsOperation operation = To(MoveShardsPhase.Closing) with { Progress = 95 };
        if (OpenerSequence > 0)
        {
            scope.Emit(new CloseWindow(Id, DatabaseUid, OpenerSequence, Closer(OpenerSequence + 1)));
        }

        foreach (ShardMove move in Moves.Where(m => !m.IsSwitched))
        {
            operation = operation.With(Abandon(scope, move));
        }

        operation.FinishWhenOver(scope);
    }

    private ShardMove Abandon(StepScope scope, ShardMove move)
    {
        if (move.State != ShardMoveState.Waiting)
        {
            scope.Emit(new AbandonMove(Id, move.ShardUid));
        }

        if (move.TargetInstanceId == 0)
        {
            return move with { State = ShardMoveState.Abandoned };
        }

        if (FreshTargets)
        {
            scope.Emit(new StopInstance(Id, move.TargetInstanceId));
            return move with { State = ShardMoveState.Abandoning };
        }

        // The replica that was to take over follows again.
        scope.Emit(new FollowMaster(0, move.TargetInstanceId, move.SourceInstanceId));
        return move with { State = ShardMoveState.Abandoned };
    }

    private void FinishWhenOver(StepScope scope)
    {
        if (Phase == MoveShardsPhase.Closing && Moves.All(m => m.IsOver))
        {
            Conclude(scope);
        }
        else
        {
            scope.Put(this);
        }
    }

    private void Conclude(StepScope scope)
    {
        // An error that was noted while the last switch went well after all has no victim.
        string? error = Error is null || Moves.All(m => m.IsSwitched) ? null : $"{Error}; {Outcome()}";
        MoveShardsPhase end = error is null ? MoveShardsPhase.Completed : MoveShardsPhase.Failed;
        Finish(scope, this with { Phase = Phases.Move(Phase, end), Error = error });
    }

    private string Outcome()
    {
        int[] moved = [.. Moves.Where(m => m.IsSwitched).Select(m => m.ShardUid)];
        int[] stayed = [.. Moves.Where(m => !m.IsSwitched).Select(m => m.ShardUid)];
        return moved.Length == 0
            ? $"rolled back: nothing was {Verb}"
            : $"{Named(moved)} {Verb} and {(moved.Length == 1 ? "stays" : "stay")} so; {Named(stayed)} rolled back";

        static string Named(int[] shards) =>
            shards.Length == 1 ? $"shard {shards[0]} was" : $"shards {string.Join(", ", shards)} were";
    }

    /// <summary>
    /// <code>
    /// when it stopped                      then
    /// no shard switched                    rolled back: targets are forgotten, never promoted (nobody can prove them equal any more)
    /// some switched, some not              goes on with fresh targets from a new announcement, once the database serves
    /// all switched, or already closing     ends as it would have: only cleaning up was left
    /// </code>
    /// A move that is Promoted counts as switched: the stored instance is the truth.
    /// </summary>
    internal override void Restart(StepScope scope)
    {
        ForgetInstances(scope);
        MoveShardsOperation operation = this with
        {
            Moves = [.. Moves.Select(m => m.IsSwitched
                ? m with { State = ShardMoveState.Done }
                : m with { State = ShardMoveState.Waiting, TargetInstanceId = FreshTargets ? 0 : m.TargetInstanceId, Tries = 0 })],
            OpenerSequence = 0,
        };

        if (Phase == MoveShardsPhase.Closing || operation.Moves.All(m => m.IsSwitched))
        {
            operation.Conclude(scope);
        }
        else if (Phase == MoveShardsPhase.Resuming)
        {
            scope.Put(operation);
        }
        else if (operation.Moves.Any(m => m.IsSwitched) && Error is null)
        {
            scope.Put(operation.To(MoveShardsPhase.Resuming));
        }
        else
        {
            (operation with { Error = Error ?? "the server was started again before the switch" }).Conclude(scope);
        }
    }

    private void ForgetInstances(StepScope scope)
    {
        foreach (ShardMove move in Moves.Where(_ => FreshTargets))
        {
            long leftOver = move.IsSwitched ? move.SourceInstanceId : move.TargetInstanceId;
            if (leftOver != 0)
            {
                scope.Emit(new StopInstance(Id, leftOver));
            }
        }
    }

    /// <inheritdoc/>
    internal override void DatabaseUp(StepScope scope)
    {
        if (Phase != MoveShardsPhase.Resuming)
        {
            return;
        }

        if (Moves.Any(m => m.Role == ShardRole.Master && !m.IsSwitched))
        {
            Announce(scope, To(MoveShardsPhase.Announced));
        }
        else
        {
            To(MoveShardsPhase.Copying).StartCopying(scope);
        }
    }
}
