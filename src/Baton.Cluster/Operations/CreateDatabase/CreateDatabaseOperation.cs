using System.Collections.Immutable;
using Baton.Cluster.Model;

namespace Baton.Cluster.Operations;

/// <summary>A new database: instances start, replicas follow, listeners open. Anything that fails takes everything down again.</summary>
public sealed record CreateDatabaseOperation : DatabaseOperation
{
    /// <summary>The allowed phase changes.</summary>
    public static PhaseTable<CreateDatabasePhase> Phases { get; } = new(
        [CreateDatabasePhase.Starting],
        [
            (CreateDatabasePhase.Starting, CreateDatabasePhase.Opening),
            (CreateDatabasePhase.Starting, CreateDatabasePhase.TakingDown),
            (CreateDatabasePhase.Opening, CreateDatabasePhase.Starting),
            (CreateDatabasePhase.Opening, CreateDatabasePhase.TakingDown),
            (CreateDatabasePhase.Opening, CreateDatabasePhase.Completed),
            (CreateDatabasePhase.TakingDown, CreateDatabasePhase.Failed),
        ]);

    /// <inheritdoc/>
    public override string Name => "create";

    /// <inheritdoc/>
    public override string PhaseName => Phase.ToString();

    /// <summary>Where it stands.</summary>
    public CreateDatabasePhase Phase { get; init; } = CreateDatabasePhase.Starting;

    /// <summary>Which nodes' proxies shall serve it.</summary>
    public required ImmutableSortedSet<int> Wanted { get; init; }

    /// <summary>Replicas whose copy is complete.</summary>
    public ImmutableSortedSet<long> Following { get; init; } = [];

    /// <summary>Nodes whose listener was asked for and has not answered: the operation does not end before they have.</summary>
    public ImmutableSortedSet<int> Unanswered { get; init; } = [];

    /// <summary>Instances that have still to be reported gone.</summary>
    public ImmutableSortedSet<long> Stopping { get; init; } = [];

    /// <inheritdoc/>
    internal override void Begin(StepScope scope) => StartInstances(scope, recover: false);

    private void StartInstances(StepScope scope, bool recover)
    {
        foreach (ShardState shard in scope.State.ShardsOf(DatabaseUid))
        {
            scope.Emit(new StartInstance(Id, shard.InstanceId, shard.Uid, shard.NodeUid, recover));
        }

        scope.Put(this with { Progress = 5 });
    }

    /// <inheritdoc/>
    internal override void On(StepScope scope, ClusterEvent happened)
    {
        switch (happened)
        {
            case InstanceStarted started when Phase == CreateDatabasePhase.Starting:
                OnStarted(scope, started.InstanceId);
                break;
            case ReplicaFollowing following when Phase == CreateDatabasePhase.Starting:
                (this with { Following = Following.Add(following.InstanceId) }).OpenWhenReady(scope);
                break;
            case ListenerOpened opened when Phase == CreateDatabasePhase.Opening:
                OnOpened(scope, opened.NodeUid);
                break;
            case ListenerOpened late when Phase == CreateDatabasePhase.TakingDown:
                Bind(scope, late.NodeUid);
                scope.Emit(new CloseListener(Id, DatabaseUid, late.NodeUid, Deleted: true));
                scope.Put(Answered(late.NodeUid));
                break;
            case InstanceStartFailed failed when Phase == CreateDatabasePhase.Starting:
                TakeDown(scope, $"an engine did not come up: {failed.Reason}");
                break;
            case ReplicaFollowFailed failed when Phase == CreateDatabasePhase.Starting:
                TakeDown(scope, $"a replica does not follow its master: {failed.Reason}");
                break;
            case ListenerOpenFailed failed when Phase == CreateDatabasePhase.TakingDown:
                Answered(failed.NodeUid).FinishWhenDown(scope);
                break;
            case ListenerOpenFailed failed when Phase == CreateDatabasePhase.Opening:
                Answered(failed.NodeUid).TakeDown(
                    scope, $"port_unavailable: the listener on node {failed.NodeUid} could not be opened: {failed.Reason}");
                break;
            case InstanceDied died when Phase is CreateDatabasePhase.Starting or CreateDatabasePhase.Opening:
                TakeDown(scope, $"an engine died: {died.Reason}");
                break;
            case InstanceStopped stopped when Phase == CreateDatabasePhase.TakingDown:
                (this with { Stopping = Stopping.Remove(stopped.InstanceId) }).FinishWhenDown(scope);
                break;
            case ListenerClosed closed when Phase == CreateDatabasePhase.TakingDown:
                OnClosed(scope, closed.NodeUid);
                break;
            default:
                // Late results of what is being taken down anyway.
                break;
        }
    }

    private CreateDatabaseOperation To(CreateDatabasePhase phase) => this with { Phase = Phases.Move(Phase, phase) };

    private void OnStarted(StepScope scope, long instanceId)
    {
        ShardState? shard = scope.State.ShardsOf(DatabaseUid).FirstOrDefault(s => s.InstanceId == instanceId);
        if (shard is null)
        {
            return;
        }

        scope.Put(shard with { Status = ShardStatus.Active, StartedAt = scope.Now });
        ShardState master = scope.State.MasterOf(shard);
        if (master.Status == ShardStatus.Active)
        {
            // The last of the two to come up brings them together.
            foreach (ShardState replica in scope.State.ReplicasOf(shard).Where(r => r.Status == ShardStatus.Active))
            {
                scope.Emit(new FollowMaster(Id, replica.InstanceId, master.InstanceId));
            }
        }

        OpenWhenReady(scope);
    }

    private void OpenWhenReady(StepScope scope)
    {
        bool ready = scope.State.ShardsOf(DatabaseUid).All(s =>
            s.Status == ShardStatus.Active && (s.Role == ShardRole.Master || Following.Contains(s.InstanceId)));
        if (!ready)
        {
            scope.Put(this with { Progress = 30 });
            return;
        }

        foreach (int node in Wanted)
        {
            scope.Emit(new OpenListener(Id, DatabaseUid, node));
        }

        scope.Put(To(CreateDatabasePhase.Opening) with { Progress = 70, Unanswered = Wanted });
    }

    private CreateDatabaseOperation Answered(int node) => this with { Unanswered = Unanswered.Remove(node) };

    private void Bind(StepScope scope, int node)
    {
        DatabaseState database = scope.Database(DatabaseUid);
        scope.Put(database with { BoundNodes = database.BoundNodes.Add(node), ListeningNodes = database.ListeningNodes.Add(node) });
    }

    private void OnOpened(StepScope scope, int node)
    {
        Bind(scope, node);
        DatabaseState database = scope.Database(DatabaseUid);
        if (!Wanted.IsSubsetOf(database.ListeningNodes))
        {
            scope.Put(Answered(node));
            return;
        }

        scope.Put(database with { Status = DatabaseStatus.Active, LastChangedTime = scope.Now });
        Finish(scope, Answered(node).To(CreateDatabasePhase.Completed));
    }

    private void TakeDown(StepScope scope, string reason)
    {
        foreach (int node in scope.Database(DatabaseUid).ListeningNodes)
        {
            scope.Emit(new CloseListener(Id, DatabaseUid, node, Deleted: true));
        }

        ImmutableSortedSet<long> instances = [.. scope.State.ShardsOf(DatabaseUid).Select(s => s.InstanceId)];
        foreach (long instance in instances)
        {
            scope.Emit(new StopInstance(Id, instance));
        }

        CreateDatabaseOperation operation = To(CreateDatabasePhase.TakingDown) with { Stopping = instances, Error = reason, Progress = 90 };
        operation.FinishWhenDown(scope);
    }

    private void OnClosed(StepScope scope, int node)
    {
        DatabaseState database = scope.Database(DatabaseUid);
        scope.Put(database with { BoundNodes = database.BoundNodes.Remove(node), ListeningNodes = database.ListeningNodes.Remove(node) });
        FinishWhenDown(scope);
    }

    private void FinishWhenDown(StepScope scope)
    {
        DatabaseState database = scope.Database(DatabaseUid);
        if (!Stopping.IsEmpty || !Unanswered.IsEmpty || !database.ListeningNodes.IsEmpty)
        {
            scope.Put(this);
            return;
        }

        scope.State = scope.State with { Shards = scope.State.Shards.RemoveRange(scope.State.ShardsOf(DatabaseUid).Select(s => s.Uid)) };
        scope.Put(database with { Status = DatabaseStatus.CreationFailed, BoundNodes = [], LastChangedTime = scope.Now });
        Finish(scope, To(CreateDatabasePhase.Failed));
    }

    /// <summary>Nothing has been promised to anybody yet, so it simply begins again; a take-down is finished.</summary>
    internal override void Restart(StepScope scope)
    {
        if (Phase == CreateDatabasePhase.TakingDown)
        {
            foreach (long instance in Stopping)
            {
                scope.Emit(new StopInstance(Id, instance));
            }

            (this with { Unanswered = [] }).FinishWhenDown(scope);
            return;
        }

        scope.Put(scope.Database(DatabaseUid) with { BoundNodes = [] });
        CreateDatabaseOperation operation = Phase == CreateDatabasePhase.Opening ? To(CreateDatabasePhase.Starting) : this;
        (operation with { Following = [], Unanswered = [] }).StartInstances(scope, recover: true);
    }
}
