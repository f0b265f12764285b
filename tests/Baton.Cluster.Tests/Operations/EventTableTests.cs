using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Tests.Operations;

/// <summary>
/// Step is total: every operation in every phase takes every event without throwing. States in which an operation can be are collected from
/// simulated histories, so that they are consistent, and each is given every kind of event about every subject it knows and some it does
/// not.
/// </summary>
public sealed class EventTableTests
{
    [Fact]
    public void Every_operation_in_every_phase_takes_every_event()
    {
        Dictionary<string, ClusterState> states = StatesByPhase();

        foreach ((string phase, ClusterState state) in states)
        {
            foreach (ClusterEvent happened in AllEvents(state))
            {
                try
                {
                    StepResult result = ClusterStateMachine.Step(state, happened, TestClusters.Epoch.AddHours(1));
                    Simulation.Invariants.HoldAlways(state, result.State);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"{phase} on {happened}: {e.Message}", e);
                }
            }
        }

        string[] running =
        [
            .. Enum.GetNames<MoveShardsPhase>().Where(p => p is not ("Completed" or "Failed")).SelectMany(
                p => new[] { $"migrate {p}", $"failover {p}" }),
            .. Enum.GetNames<BindEndpointPhase>().Where(p => p is not ("Completed" or "Failed")).Select(p => $"bind {p}"),
            .. Enum.GetNames<CreateDatabasePhase>().Where(p => p is not ("Completed" or "Failed")).Select(p => $"create {p}"),
            .. Enum.GetNames<UnplannedFailoverPhase>().Where(p => p is not ("Completed" or "Failed")).Select(p => $"unplanned-failover {p}"),
            .. Enum.GetNames<DeleteDatabasePhase>().Where(p => p is not "Completed").Select(p => $"delete {p}"),
        ];
        Assert.Empty(running.Except(states.Keys));
    }

    [Fact]
    public void Every_kind_of_event_is_in_the_table()
    {
        Type[] kinds = [.. typeof(ClusterEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(ClusterEvent)) && !t.IsAbstract)];

        IEnumerable<Type> tried = AllEvents(TestClusters.WithNodes(3)).Select(e => e.GetType()).Distinct();

        Assert.Empty(kinds.Except(tried));
    }

    private static Dictionary<string, ClusterState> StatesByPhase()
    {
        Dictionary<string, ClusterState> states = [];
        for (int seed = 1; seed <= 150; seed++)
        {
            Random random = new(seed);
            Simulation.SimulatedWorld world = new(seed, 4) { FaultPercent = 12 };
            Simulation.RandomRequests requests = new(random);
            Collect(states, world, 300, () => Anything(random, world, requests));
        }

        // A move of several shards that is cut off between the first switch and the last is rare among everything.
        for (int seed = 1; seed <= 100; seed++)
        {
            Random random = new(seed);
            Simulation.SimulatedWorld world = new(seed, 4);
            world.Request(new CreateDatabase { Name = "db", MemorySize = 1 << 20, ShardsCount = 4, Replication = true });
            Collect(states, world, 300, () => MovesAndCrashes(random, world));
        }

        return states;
    }

    private static void Collect(Dictionary<string, ClusterState> states, Simulation.SimulatedWorld world, int steps, Action next)
    {
        for (int step = 0; step < steps; step++)
        {
            next();
            foreach (OperationState operation in world.State.Operations.Values.Where(o => !o.IsFinished))
            {
                states.TryAdd($"{operation.Name} {operation.PhaseName}", world.State);
            }
        }
    }

    private static void Anything(Random random, Simulation.SimulatedWorld world, Simulation.RandomRequests requests)
    {
        switch (random.Next(50))
        {
            case < 4:
                requests.Send(world);
                break;
            case 4 or 5:
                world.Crash();
                break;
            case 6:
                world.KillSomeInstance();
                break;
            default:
                world.Advance();
                break;
        }
    }

    private static void MovesAndCrashes(Random random, Simulation.SimulatedWorld world)
    {
        int[] masters = [.. world.State.Databases.Keys.SelectMany(database => world.State.MastersOf(database)).Select(master => master.Uid)];
        switch (random.Next(40))
        {
            case 0:
                world.Request(new MigrateShards([.. masters], 1 + random.Next(4)));
                break;
            case 1:
                world.Request(new FailoverShards([.. masters]));
                break;
            case 2:
                world.Crash();
                break;
            default:
                world.Advance();
                break;
        }
    }

    private static IEnumerable<ClusterEvent> AllEvents(ClusterState state)
    {
        yield return new ControllerStarted(TestClusters.Engines);
        yield return new Requested(new UpdateCluster { ClientMaintNotifications = true });
        foreach (int database in state.Databases.Keys.Append(999))
        {
            yield return new Requested(new ConfigureDatabase(database, ImmutableSortedDictionary<string, string>.Empty.Add("hz", "20")));
        }

        foreach (long operation in (IEnumerable<long>)[0, .. state.Operations.Keys, 999])
        {
            foreach (long instance in InstancesOf(state).Append(999))
            {
                yield return new InstanceStarted(operation, instance);
                yield return new InstanceStartFailed(operation, instance, "r");
                yield return new InstanceStopped(operation, instance);
                yield return new ReplicaFollowing(operation, instance, MasterFor(state, instance));
                yield return new ReplicaPromoted(operation, instance);
                yield return new ReplicaPromoteFailed(operation, instance, "r");
                yield return new ReplicaFollowFailed(operation, instance, "r");
                yield return new InstanceConfigured(operation, instance);
                yield return new InstanceConfigureFailed(operation, instance, "r");
                yield return new InstanceDied(instance, "r");
            }

            foreach (int shard in state.Shards.Keys.Append(999))
            {
                yield return new ShardBloated(shard, state.Shards.GetValueOrDefault(shard)?.InstanceId ?? 1, 1);
                yield return new ShardNear(operation, shard);
                yield return new ShardAttachFailed(operation, shard, "r");
                yield return new MoveProgressed(operation, shard, 50);
                yield return new ShardPromoted(operation, shard);
                yield return new RouteOpened(operation, shard, 1);
                yield return new SwitchFailed(operation, shard, "r", true, true);
                yield return new SwitchFailed(operation, shard, "r", false, false);
                yield return new OldRetired(operation, shard);
            }

            foreach (int database in state.Databases.Keys.Append(999))
            {
                foreach (int node in state.Nodes.Keys)
                {
                    yield return new ListenerOpened(operation, database, node);
                    yield return new ListenerOpenFailed(operation, database, node, "r");
                    yield return new ListenerClosed(operation, database, node);
                }
            }

            foreach (TimerKind kind in Enum.GetValues<TimerKind>())
            {
                yield return new TimerFired(operation, new TimerId(kind, 1, 1));
            }
        }
    }

    private static long MasterFor(ClusterState state, long instance) =>
        state.Shards.Values.FirstOrDefault(s => s.InstanceId == instance) is { } shard ? state.MasterOf(shard).InstanceId : 0;

    private static ImmutableSortedSet<long> InstancesOf(ClusterState state) =>
    [
        .. state.Shards.Values.Select(s => s.InstanceId),
        .. state.Operations.Values.OfType<UnplannedFailoverOperation>().Select(o => o.DeadInstanceId),
        .. state.Operations.Values.OfType<MoveShardsOperation>().SelectMany(o => o.Moves).SelectMany(
            m => new[] { m.SourceInstanceId, m.TargetInstanceId }),
    ];
}
