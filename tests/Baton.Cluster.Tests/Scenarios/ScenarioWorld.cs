using System.Globalization;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;
using Baton.Protocol.Maintenance;

namespace Baton.Cluster.Tests.Scenarios;

/// <summary>Carries out effects in the order they are asked for and writes down each, so that a script can show what happens.</summary>
internal sealed class ScenarioWorld
{
    private readonly Queue<ClusterEffect> _asked = new();
    private readonly SortedDictionary<(DateTimeOffset Due, int Number), TimerFired> _timers = [];
    private readonly List<string> _written = [];
    private int _armed;

    public ClusterState State { get; set; } = TestClusters.WithNodes(3);

    public DateTimeOffset Now { get; private set; } = TestClusters.Epoch;

    /// <summary>Effects that fail from now on, by a part of their written form.</summary>
    public HashSet<string> Failing { get; } = [];

    /// <summary>What was written since the last time.</summary>
    public string TakeTranscript()
    {
        string text = string.Join('\n', _written);
        _written.Clear();
        return text;
    }

    public void Write(string line) => _written.Add(line);

    public RequestResult? Step(ClusterEvent happened)
    {
        Dictionary<long, string> before = State.Operations.ToDictionary(o => o.Key, o => o.Value.PhaseName);
        StepResult result = ClusterStateMachine.Step(State, happened, Now);
        State = result.State;
        foreach (OperationState operation in State.Operations.Values.Where(o => before.GetValueOrDefault(o.Id) != o.PhaseName))
        {
            Write($"{operation.Name} {operation.Id}: {operation.PhaseName}{(operation.Error is null ? "" : $" ({operation.Error})")}");
        }

        foreach (ClusterEffect effect in result.Effects)
        {
            Write($"  {Describe(effect)}");
            _asked.Enqueue(effect);
        }

        return result.RequestResult;
    }

    /// <summary>Carries out everything asked for, until only timers are left.</summary>
    public void Settle()
    {
        while (_asked.TryDequeue(out ClusterEffect? effect))
        {
            Carry(effect);
        }
    }

    /// <summary>Fires the next timer. False when there is none.</summary>
    public bool FireTimer()
    {
        if (_timers.Count == 0)
        {
            return false;
        }

        ((DateTimeOffset Due, int Number) key, TimerFired fired) = _timers.First();
        _timers.Remove(key);
        Write(string.Create(CultureInfo.InvariantCulture, $"+{(key.Due - Now).TotalSeconds:0.###}s {fired.Timer.Kind}"));
        Now = key.Due;
        Step(fired);
        return true;
    }

    public void Crash()
    {
        _asked.Clear();
        _timers.Clear();
        Step(new ControllerStarted(TestClusters.Engines));
    }

    private void Carry(ClusterEffect effect)
    {
        bool fails = Failing.Any(f => Describe(effect).Contains(f, StringComparison.Ordinal));
        ClusterEvent? result = effect switch
        {
            StartInstance e => fails ? new InstanceStartFailed(e.OperationId, e.InstanceId, "no memory")
                : new InstanceStarted(e.OperationId, e.InstanceId),
            StopInstance e => new InstanceStopped(e.OperationId, e.InstanceId),
            FollowMaster e => fails ? new ReplicaFollowFailed(e.OperationId, e.InstanceId, "no link")
                : new ReplicaFollowing(e.OperationId, e.InstanceId, e.MasterInstanceId),
            PromoteReplica e => fails ? new ReplicaPromoteFailed(e.OperationId, e.InstanceId, "no answer")
                : new ReplicaPromoted(e.OperationId, e.InstanceId),
            ConfigureInstance e => fails
                ? new InstanceConfigureFailed(e.OperationId, e.InstanceId, "no answer")
                : new InstanceConfigured(e.OperationId, e.InstanceId),
            OpenListener e => fails
                ? new ListenerOpenFailed(e.OperationId, e.DatabaseUid, e.NodeUid, "address in use")
                : new ListenerOpened(e.OperationId, e.DatabaseUid, e.NodeUid),
            CloseListener e => new ListenerClosed(e.OperationId, e.DatabaseUid, e.NodeUid),
            AttachShard e => fails ? new ShardAttachFailed(e.OperationId, e.ShardUid, "copy stalled")
                : new ShardNear(e.OperationId, e.ShardUid),
            SwitchShard e => fails
                ? new SwitchFailed(e.OperationId, e.ShardUid, "the hold reached its limit", Retriable: true, TargetKept: false)
                : new ShardPromoted(e.OperationId, e.ShardUid),
            RetireOld e => new OldRetired(e.OperationId, e.ShardUid),
            _ => null,
        };
        if (effect is ArmTimer timer)
        {
            _timers[(timer.Due, _armed++)] = new TimerFired(timer.OperationId, timer.Timer);
        }

        if (result is null)
        {
            return;
        }

        Step(result);
        if (result is ShardPromoted promoted)
        {
            Step(new RouteOpened(promoted.OperationId, promoted.ShardUid, 0.5));
        }
    }

    private static string Describe(ClusterEffect effect) => effect switch
    {
        StartInstance e => $"start instance {e.InstanceId} of shard {e.ShardUid} on node {e.NodeUid}{(e.Recover ? " with its data" : "")}",
        StopInstance e => $"stop instance {e.InstanceId}",
        FollowMaster e => $"instance {e.InstanceId} follows {e.MasterInstanceId}",
        PromoteReplica e => $"promote instance {e.InstanceId} in place of {e.DeadInstanceId}{(e.AcceptBehind ? ", behind or not" : "")}",
        ConfigureInstance e => $"configure instance {e.InstanceId} of shard {e.ShardUid}",
        OpenListener e => $"listen db {e.DatabaseUid} on node {e.NodeUid}",
        CloseListener e => $"close db {e.DatabaseUid} on node {e.NodeUid}",
        OpenWindow e => $"announce {string.Join(", ", e.Openers.Select(Describe))}",
        CloseWindow e => e.Closer is null ? $"end of {e.OpenerSequence}" : $"announce {Describe(e.Closer)}",
        ArmTimer e => $"timer {e.Timer.Kind}",
        AttachShard e => $"attach shard {e.ShardUid}: {e.SourceInstanceId} to {e.TargetInstanceId}",
        SwitchShard e => $"switch shard {e.ShardUid}: {e.SourceInstanceId} to {e.TargetInstanceId}",
        RetireOld e => $"retire instance {e.OldInstanceId}{(e.KeepAsReplica ? " as replica" : "")}",
        AbandonMove e => $"abandon the move of shard {e.ShardUid}",
        _ => effect.ToString(),
    };

    private static string Describe(WindowOpener opener) =>
        $"{Describe(opener.Notification)}{(opener.NodeUid is { } node ? $" to node {node}'s" : "")}";

    private static string Describe(MaintenanceNotification notification) => notification switch
    {
        Moving m => $"MOVING {m.Sequence} {m.Target.In(MovingEndpointType.InternalFqdn)}",
        Migrating m => $"MIGRATING {m.Sequence} [{string.Join(",", m.ShardIds)}]",
        Migrated m => $"MIGRATED {m.Sequence} [{string.Join(",", m.ShardIds)}]",
        FailingOver m => $"FAILING_OVER {m.Sequence} [{string.Join(",", m.ShardIds)}]",
        FailedOver m => $"FAILED_OVER {m.Sequence} [{string.Join(",", m.ShardIds)}]",
        _ => notification.ToString(),
    };
}
