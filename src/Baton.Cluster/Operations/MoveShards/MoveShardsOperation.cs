using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Protocol.Maintenance;

namespace Baton.Cluster.Operations;

/// <summary>
/// What migrate and failover have in common: announce, bring targets near, switch shard by shard, close the window, clean up.
/// <code>
/// state of a shard's move      event               then
/// Waiting                      delay over          Starting (fresh target) | Attaching (target exists)
/// Starting                     instance started    Attaching
/// Attaching                    near                Near; all near: Switching, one after another
/// Switching                    promoted            Promoted: stored as the shard's instance - from here it only goes forward
/// Switching                    switch failed       Pausing and again (bounded), or all that are not switched are given up
/// Promoted                     route open          Switched: next shard
/// Switched                     old gone            Done
/// before Promoted              target/source died  given up: Abandoning, Abandoned
/// </code>
/// A shard that is Promoted stays where it is; when a later shard of the same operation fails, the error names which were moved.
/// </summary>
public abstract partial record MoveShardsOperation : DatabaseOperation
{
    /// <summary>How often a switch is tried before the operation rolls back.</summary>
    public const int MaxTries = 3;

    /// <summary>Pause before the first further try; doubles with each.</summary>
    public static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    /// <summary>The allowed phase changes.</summary>
    public static PhaseTable<MoveShardsPhase> Phases { get; } = new(
        [MoveShardsPhase.Announced, MoveShardsPhase.Copying],
        [
            (MoveShardsPhase.Announced, MoveShardsPhase.Copying),
            (MoveShardsPhase.Announced, MoveShardsPhase.Closing),
            (MoveShardsPhase.Announced, MoveShardsPhase.Failed),
            (MoveShardsPhase.Announced, MoveShardsPhase.Resuming),
            (MoveShardsPhase.Copying, MoveShardsPhase.Switching),
            (MoveShardsPhase.Copying, MoveShardsPhase.Closing),
            (MoveShardsPhase.Copying, MoveShardsPhase.Failed),
            (MoveShardsPhase.Copying, MoveShardsPhase.Resuming),
            (MoveShardsPhase.Switching, MoveShardsPhase.Copying),
            (MoveShardsPhase.Switching, MoveShardsPhase.Closing),
            (MoveShardsPhase.Switching, MoveShardsPhase.Completed),
            (MoveShardsPhase.Switching, MoveShardsPhase.Failed),
            (MoveShardsPhase.Switching, MoveShardsPhase.Resuming),
            (MoveShardsPhase.Closing, MoveShardsPhase.Completed),
            (MoveShardsPhase.Closing, MoveShardsPhase.Failed),
            (MoveShardsPhase.Resuming, MoveShardsPhase.Announced),
            (MoveShardsPhase.Resuming, MoveShardsPhase.Copying),
            (MoveShardsPhase.Resuming, MoveShardsPhase.Failed),
        ]);

    /// <summary>Where it stands.</summary>
    public MoveShardsPhase Phase { get; init; }

    /// <inheritdoc/>
    public override string PhaseName => Phase.ToString();

    /// <summary>The shards, in the order they are switched.</summary>
    public required ImmutableArray<ShardMove> Moves { get; init; }

    /// <summary>Sequence number of the opener that is open; 0 = nothing announced.</summary>
    public long OpenerSequence { get; init; }

    /// <summary>All shards' uids, as the notifications name them.</summary>
    internal IReadOnlyList<int> ShardUids => [.. Moves.Select(m => m.ShardUid)];

    /// <summary>Targets are fresh instances (migrate); otherwise they are there already (failover).</summary>
    private protected abstract bool FreshTargets { get; }

    /// <summary>For people: what did not happen to a shard that was given up.</summary>
    private protected abstract string Verb { get; }

    private protected abstract MaintenanceNotification Opener(long sequence);

    private protected abstract MaintenanceNotification Closer(long sequence);

    /// <summary>Asks for the target of a move that has none yet.</summary>
    private protected abstract ShardMove Prepare(StepScope scope, ShardMove move);

    /// <summary>Makes the target the shard's instance in the stored state.</summary>
    private protected abstract void Place(StepScope scope, ShardMove move);

    /// <summary>Asks for the end of the old instance of a switched master.</summary>
    private protected abstract ShardMove Retire(StepScope scope, ShardMove move);

    /// <summary>
    /// The operation still has the shard in its hands: it may yet promote the target, or point it back to the source. Until it has let go,
    /// nobody else may promote anything of the same slots.
    /// </summary>
    internal bool Holds(int shardUid) => Moves.Any(m =>
        m.ShardUid == shardUid && !m.IsOver && m.State is not (ShardMoveState.Switched or ShardMoveState.Abandoning));

    /// <inheritdoc/>
    public override bool Names(long instanceId) => Moves.Any(m => m.SourceInstanceId == instanceId || m.TargetInstanceId == instanceId);

    private MoveShardsOperation With(ShardMove move)
    {
        int index = Moves.IndexOf(Moves.First(m => m.ShardUid == move.ShardUid));
        return this with { Moves = Moves.SetItem(index, move) };
    }

    private MoveShardsOperation To(MoveShardsPhase phase) => this with { Phase = Phases.Move(Phase, phase) };

    private ShardMove? MoveOf(int shardUid) => Moves.FirstOrDefault(m => m.ShardUid == shardUid);

    /// <summary>Tells the clients and starts the announced pause; with replicas alone nobody needs to be told.</summary>
    internal override void Begin(StepScope scope)
    {
        if (Moves.Any(m => m.Role == ShardRole.Master && !m.IsSwitched))
        {
            Announce(scope, this with { Phase = MoveShardsPhase.Announced });
        }
        else
        {
            (this with { Phase = MoveShardsPhase.Copying }).StartCopying(scope);
        }
    }

    private static void Announce(StepScope scope, MoveShardsOperation operation)
    {
        long sequence = scope.TakeSequence(operation.DatabaseUid, 2);
        DateTimeOffset due = scope.Now.AddMilliseconds(scope.Settings.HandoffsDelayMs);
        scope.Put(operation with { OpenerSequence = sequence, Progress = 5 });
        scope.Emit(new OpenWindow(operation.Id, operation.DatabaseUid, [new WindowOpener(null, operation.Opener(sequence))], due));
        scope.Emit(new ArmTimer(operation.Id, new TimerId(TimerKind.HandoffDelay), due));
    }

    private void StartCopying(StepScope scope)
    {
        MoveShardsOperation operation = this;
        foreach (ShardMove move in Moves.Where(m => m.State == ShardMoveState.Waiting))
        {
            operation = operation.With(operation.Prepare(scope, move));
        }

        scope.Put(operation with { Progress = 10 });
    }

    private protected ShardMove Attach(StepScope scope, ShardMove move)
    {
        ShardState shard = scope.Shard(move.ShardUid);
        scope.Emit(move.Role == ShardRole.Replica
            ? new FollowMaster(Id, move.TargetInstanceId, scope.State.MasterOf(shard).InstanceId)
            : new AttachShard(Id, shard.Uid, scope.State.RouteUidOf(shard), move.SourceInstanceId, move.TargetInstanceId));
        return move with { State = ShardMoveState.Attaching };
    }

    /// <summary>When every target is near: replicas change at once, masters one after another.</summary>
    private void SwitchWhenAllNear(StepScope scope)
    {
        if (Moves.Any(m => m.State != ShardMoveState.Near && !m.IsSwitched))
        {
            scope.Put(this);
            return;
        }

        MoveShardsOperation operation = To(MoveShardsPhase.Switching);
        foreach (ShardMove move in Moves.Where(m => m.Role == ShardRole.Replica && m.State == ShardMoveState.Near))
        {
            // Nobody sends commands to a replica: its place is changed in the books, and the old instance goes.
            operation.Place(scope, move);
            scope.Emit(new StopInstance(Id, move.SourceInstanceId));
            operation = operation.With(move with { State = ShardMoveState.Switched });
        }

        operation.SwitchNext(scope);
    }

    private void SwitchNext(StepScope scope)
    {
        ShardMove? next = Moves.FirstOrDefault(m => m.State == ShardMoveState.Near);
        if (next is null || Error is not null)
        {
            Close(scope);
            return;
        }

        ShardState shard = scope.Shard(next.ShardUid);
        scope.Emit(new SwitchShard(
            Id, shard.Uid, scope.State.RouteUidOf(shard), next.SourceInstanceId, next.TargetInstanceId, scope.Settings.HoldLimitMs));
        int progress = 60 + (30 * Moves.Count(m => m.IsSwitched) / Moves.Length);
        scope.Put(With(next with { State = ShardMoveState.Switching }) with { Progress = progress });
    }
}
