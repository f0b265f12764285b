using System.Collections.Immutable;
using Baton.Cluster.Model;

namespace Baton.Cluster.Operations;

/// <summary>A database goes: listeners close, instances stop, data is deleted. It only goes forward.</summary>
public sealed record DeleteDatabaseOperation : DatabaseOperation
{
    /// <summary>The allowed phase changes.</summary>
    public static PhaseTable<DeleteDatabasePhase> Phases { get; } = new(
        [DeleteDatabasePhase.Closing],
        [
            (DeleteDatabasePhase.Closing, DeleteDatabasePhase.Stopping),
            (DeleteDatabasePhase.Stopping, DeleteDatabasePhase.Completed),
        ]);

    /// <inheritdoc/>
    public override string Name => "delete";

    /// <inheritdoc/>
    public override string PhaseName => Phase.ToString();

    /// <summary>Where it stands.</summary>
    public DeleteDatabasePhase Phase { get; init; } = DeleteDatabasePhase.Closing;

    /// <summary>Instances that have still to be reported gone.</summary>
    public ImmutableSortedSet<long> Stopping { get; init; } = [];

    /// <inheritdoc/>
    internal override void Begin(StepScope scope)
    {
        DatabaseState database = scope.Database(DatabaseUid) with { Status = DatabaseStatus.DeletePending };
        scope.Put(database);
        foreach (int node in database.ListeningNodes)
        {
            scope.Emit(new CloseListener(Id, DatabaseUid, node, Deleted: true));
        }

        StopWhenClosed(scope);
    }

    /// <inheritdoc/>
    internal override void On(StepScope scope, ClusterEvent happened)
    {
        switch (happened)
        {
            case ListenerClosed closed when Phase == DeleteDatabasePhase.Closing:
                DatabaseState database = scope.Database(DatabaseUid);
                scope.Put(database with { ListeningNodes = database.ListeningNodes.Remove(closed.NodeUid) });
                StopWhenClosed(scope);
                break;
            case InstanceStopped stopped when Phase == DeleteDatabasePhase.Stopping:
                (this with { Stopping = Stopping.Remove(stopped.InstanceId) }).FinishWhenStopped(scope);
                break;
            default:
                // Instances that come up or die meanwhile: their stop is asked for in any case.
                break;
        }
    }

    private DeleteDatabaseOperation To(DeleteDatabasePhase phase) => this with { Phase = Phases.Move(Phase, phase) };

    private void StopWhenClosed(StepScope scope)
    {
        if (!scope.Database(DatabaseUid).ListeningNodes.IsEmpty)
        {
            scope.Put(this with { Progress = 10 });
            return;
        }

        ImmutableSortedSet<long> instances = [.. scope.State.ShardsOf(DatabaseUid).Select(s => s.InstanceId)];
        foreach (long instance in instances)
        {
            scope.Emit(new StopInstance(Id, instance));
        }

        (To(DeleteDatabasePhase.Stopping) with { Stopping = instances, Progress = 50 }).FinishWhenStopped(scope);
    }

    private void FinishWhenStopped(StepScope scope)
    {
        if (!Stopping.IsEmpty)
        {
            scope.Put(this);
            return;
        }

        scope.State = scope.State with
        {
            Shards = scope.State.Shards.RemoveRange(scope.State.ShardsOf(DatabaseUid).Select(s => s.Uid)),
            Databases = scope.State.Databases.Remove(DatabaseUid),
        };
        Finish(scope, To(DeleteDatabasePhase.Completed));
    }

    /// <summary>After a restart no listener is open; the instances' data has still to be deleted.</summary>
    internal override void Restart(StepScope scope)
    {
        if (Phase == DeleteDatabasePhase.Closing)
        {
            StopWhenClosed(scope);
            return;
        }

        foreach (long instance in Stopping)
        {
            scope.Emit(new StopInstance(Id, instance));
        }
    }
}
