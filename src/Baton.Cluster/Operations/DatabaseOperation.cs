using Baton.Cluster.Model;

namespace Baton.Cluster.Operations;

/// <summary>
/// An operation as the state machine drives it. Every method works on the stored form in the scope and leaves a new stored form behind;
/// the record itself never changes.
/// </summary>
public abstract record DatabaseOperation : OperationState
{
    /// <summary>First step, right after the operation was noted.</summary>
    internal abstract void Begin(StepScope scope);

    /// <summary>A result of one of its effects, or the death of an instance. Late and repeated results must be harmless.</summary>
    internal abstract void On(StepScope scope, ClusterEvent happened);

    /// <summary>
    /// The controller was started again: nothing runs, no connection is left. Decides whether to go on (now or at <see cref="DatabaseUp"/>)
    /// or to end.
    /// </summary>
    internal abstract void Restart(StepScope scope);

    /// <summary>After a restart: all masters of the database serve and its listeners are open.</summary>
    internal virtual void DatabaseUp(StepScope scope)
    {
        // Nothing to do for operations that do not wait for it.
    }

    /// <summary>The end: the database is as it should be, and the outcome is readable.</summary>
    private protected static void Finish(StepScope scope, DatabaseOperation finished)
    {
        scope.Put(finished with
        {
            Status = finished.Error is null ? OperationStatus.Completed : OperationStatus.Failed,
            Progress = 100,
            FinishedAt = scope.Now,
        });
        if (scope.State.Databases.TryGetValue(finished.DatabaseUid, out DatabaseState? database)
            && database.Status == DatabaseStatus.ActiveChangePending
            && scope.State.RunningOperationOf(database.Uid) is null)
        {
            scope.Put(database with { Status = DatabaseStatus.Active, LastChangedTime = scope.Now });
        }

        scope.TrimFinishedOperations();
    }
}
