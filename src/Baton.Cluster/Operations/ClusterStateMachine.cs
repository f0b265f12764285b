using Baton.Cluster.Model;
using Baton.Cluster.Requests;
using Baton.Cluster.Validation;

namespace Baton.Cluster.Operations;

/// <summary>
/// The only way the cluster's state changes. Pure: no I/O, no clock, no random; the same inputs give the same result. Never throws for
/// anything the outside can do; an exception means a bug, and nothing was changed.
/// </summary>
public static class ClusterStateMachine
{
    /// <summary>Applies one event.</summary>
    /// <param name="state">The stored state.</param>
    /// <param name="happened">What happened.</param>
    /// <param name="now">When.</param>
    public static StepResult Step(ClusterState state, ClusterEvent happened, DateTimeOffset now)
    {
        StepScope scope = new(state, now);
        RequestResult? answer = null;
        switch (happened)
        {
            case Requested requested:
                answer = RequestHandler.Handle(scope, requested.Request);
                break;
            case ControllerStarted started:
                scope.State = state with { Settings = state.Settings with { Engines = started.Engines } };
                InstanceSupervision.Boot(scope);
                break;
            case InstanceDied died:
                OnDied(scope, died);
                break;
            case ShardBloated bloated:
                ShardRenewal.On(scope, bloated);
                break;
            case EffectResult result:
                OnResult(scope, result);
                break;
            default:
                throw new ArgumentException($"Unknown event {happened.GetType().Name}.", nameof(happened));
        }

        if (ReferenceEquals(scope.State, state))
        {
            return new StepResult(state, [.. scope.Effects], answer, Durable: false);
        }

        ClusterState changed = scope.Transient ? scope.State : scope.State with { Revision = state.Revision + 1 };
        return new StepResult(changed, [.. scope.Effects], answer, Durable: !scope.Transient);
    }

    private static void OnResult(StepScope scope, EffectResult result)
    {
        if (result is ReplicaFollowing following)
        {
            InstanceSupervision.NoteInSync(scope, following); // Whoever asked for it.
        }

        if (result.OperationId != 0
            && scope.State.Operations.TryGetValue(result.OperationId, out OperationState? operation)
            && operation is DatabaseOperation { IsFinished: false } running)
        {
            running.On(scope, result);
        }
        else
        {
            InstanceSupervision.On(scope, result);
        }
    }

    private static void OnDied(StepScope scope, InstanceDied died)
    {
        // The operation first: it decides whether it goes on without the instance, then supervision starts it again if a shard names it.
        foreach (DatabaseOperation running in scope.State.Operations.Values.OfType<DatabaseOperation>().Where(o => !o.IsFinished))
        {
            running.On(scope, died);
        }

        InstanceSupervision.OnDied(scope, died);
    }
}
