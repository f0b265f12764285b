using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Tests.Simulation;

/// <summary>
/// The world around the decision core, in memory: it carries out effects, lets their results arrive in any order, late or failing, kills
/// instances, and starts the controller again at any moment. Everything comes from one seed.
/// </summary>
internal sealed class SimulatedWorld(int seed, int nodes)
{
    private readonly Random _random = new(seed);
    private readonly List<ClusterEvent> _arriving = [];
    private readonly Dictionary<(long, TimerId), DateTimeOffset> _timers = [];

    public ClusterState State { get; private set; } = TestClusters.WithNodes(nodes);

    public DateTimeOffset Now { get; private set; } = TestClusters.Epoch;

    /// <summary>Chance in percent that an effect fails.</summary>
    public int FaultPercent { get; set; }

    public HashSet<long> Running { get; } = [];

    public HashSet<(int Database, int Node)> Listeners { get; } = [];

    public Dictionary<(int Database, long Sequence), bool> Windows { get; } = [];

    /// <summary>Every opener and closer by sequence number, as announced.</summary>
    public List<(int Database, long Sequence, string Kind)> Announced { get; } = [];

    /// <summary>Every promotion that was asked for: which replica, of which master, in which state.</summary>
    public List<(long Instance, long Dead, ClusterState State)> Promoted { get; } = [];

    public RequestResult? Request(ClusterRequest request) => Deliver(new Requested(request));

    /// <summary>The process dies: nothing runs any more; the stored state is all that is left.</summary>
    public void Crash()
    {
        _arriving.Clear();
        _timers.Clear();
        Running.Clear();
        Listeners.Clear();
        Windows.Clear();
        Deliver(new ControllerStarted(TestClusters.Engines));
    }

    public void KillSomeInstance()
    {
        // The executor reports a start before a death, so one whose start has not arrived yet is spared.
        long[] up = [.. Running.Except(_arriving.OfType<InstanceStarted>().Select(s => s.InstanceId)).Order()];
        if (up.Length > 0)
        {
            long victim = up[_random.Next(up.Length)];
            Running.Remove(victim);
            _arriving.Add(new InstanceDied(victim, "killed"));
        }
    }

    /// <summary>Lets one thing happen. False when nothing is left to happen.</summary>
    public bool Advance()
    {
        if (_arriving.Count > 0 && (_timers.Count == 0 || _random.Next(4) > 0))
        {
            int index = _random.Next(_arriving.Count);
            ClusterEvent next = _arriving[index];
            _arriving.RemoveAt(index);
            Deliver(next);
            return true;
        }

        if (_timers.Count > 0)
        {
            ((long operation, TimerId timer), DateTimeOffset due) = _timers.MinBy(t => t.Value);
            _timers.Remove((operation, timer));
            Now = due > Now ? due : Now;
            Deliver(new TimerFired(operation, timer));
            return true;
        }

        return false;
    }

    private RequestResult? Deliver(ClusterEvent happened)
    {
        if (happened is ShardPromoted promoted)
        {
            _arriving.Add(new RouteOpened(promoted.OperationId, promoted.ShardUid, 1.5));
        }

        StepResult result = ClusterStateMachine.Step(State, happened, Now);
        State = result.State;
        foreach (ClusterEffect effect in result.Effects)
        {
            Carry(effect);
        }

        return result.RequestResult;
    }

    private bool Fails() => _random.Next(100) < FaultPercent;

    private void Carry(ClusterEffect effect)
    {
        switch (effect)
        {
            case StartInstance e when Fails():
                _arriving.Add(new InstanceStartFailed(e.OperationId, e.InstanceId, "no memory"));
                break;
            case StartInstance e:
                Running.Add(e.InstanceId);
                _arriving.Add(new InstanceStarted(e.OperationId, e.InstanceId));
                break;
            case StopInstance e:
                // As the executor does: a start whose result is still under way ends with the stop.
                Running.Remove(e.InstanceId);
                _arriving.RemoveAll(a => a is InstanceStarted started && started.InstanceId == e.InstanceId);
                _arriving.Add(new InstanceStopped(e.OperationId, e.InstanceId));
                break;
            case FollowMaster e:
                bool both = Running.Contains(e.InstanceId) && Running.Contains(e.MasterInstanceId);
                _arriving.Add(!both || Fails()
                    ? new ReplicaFollowFailed(e.OperationId, e.InstanceId, "no link")
                                        : new ReplicaFollowing(e.OperationId, e.InstanceId, e.MasterInstanceId));
                break;
            case PromoteReplica e:
                // What is left of the master is ended first, whatever comes of the promotion.
                Running.Remove(e.DeadInstanceId);
                Promoted.Add((e.InstanceId, e.DeadInstanceId, State));
                _arriving.Add(!Running.Contains(e.InstanceId) || Fails()
                    ? new ReplicaPromoteFailed(e.OperationId, e.InstanceId, "no answer")
                    : new ReplicaPromoted(e.OperationId, e.InstanceId));
                break;
            case ConfigureInstance e:
                _arriving.Add(!Running.Contains(e.InstanceId) || Fails()
                    ? new InstanceConfigureFailed(e.OperationId, e.InstanceId, "no answer")
                    : new InstanceConfigured(e.OperationId, e.InstanceId));
                break;
            case OpenListener e when Fails():
                _arriving.Add(new ListenerOpenFailed(e.OperationId, e.DatabaseUid, e.NodeUid, "address in use"));
                break;
            case OpenListener e:
                Listeners.Add((e.DatabaseUid, e.NodeUid));
                _arriving.Add(new ListenerOpened(e.OperationId, e.DatabaseUid, e.NodeUid));
                break;
            case CloseListener e:
                Listeners.Remove((e.DatabaseUid, e.NodeUid));
                _arriving.Add(new ListenerClosed(e.OperationId, e.DatabaseUid, e.NodeUid));
                break;
            default:
                CarryMove(effect);
                break;
        }
    }

    private void CarryMove(ClusterEffect effect)
    {
        switch (effect)
        {
            case OpenWindow e:
                Windows[(e.DatabaseUid, e.Openers[0].Notification.Sequence)] = true;
                Announced.Add((e.DatabaseUid, e.Openers[0].Notification.Sequence, e.Openers[0].Notification.GetType().Name));
                break;
            case CloseWindow e:
                Windows.Remove((e.DatabaseUid, e.OpenerSequence));
                if (e.Closer is { } closer)
                {
                    Announced.Add((e.DatabaseUid, closer.Sequence, closer.GetType().Name));
                }

                break;
            case ArmTimer e:
                _timers[(e.OperationId, e.Timer)] = e.Due;
                break;
            case AttachShard e:
                bool both = Running.Contains(e.SourceInstanceId) && Running.Contains(e.TargetInstanceId);
                _arriving.Add(!both || Fails()
                    ? new ShardAttachFailed(e.OperationId, e.ShardUid, "copy stalled")
                    : new ShardNear(e.OperationId, e.ShardUid));
                break;
            case SwitchShard e:
                bool alive = Running.Contains(e.SourceInstanceId) && Running.Contains(e.TargetInstanceId);
                _arriving.Add(!alive || Fails()
                    ? new SwitchFailed(e.OperationId, e.ShardUid, "hold ran out", _random.Next(4) > 0, _random.Next(2) > 0)
                    : new ShardPromoted(e.OperationId, e.ShardUid));
                break;
            case RetireOld e:
                _arriving.Add(new OldRetired(e.OperationId, e.ShardUid));
                break;
            case AbandonMove:
                break; // Results under way may still arrive: they must be harmless.
            default:
                throw new InvalidOperationException($"The world does not know {effect.GetType().Name}.");
        }
    }
}
