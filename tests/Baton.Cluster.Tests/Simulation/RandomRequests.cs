using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Tests.Simulation;

/// <summary>Requests as a busy operator would send them, some of them impossible.</summary>
internal sealed class RandomRequests(Random random)
{
    private const int MostDatabases = 3;

    public void Send(SimulatedWorld world)
    {
        ClusterState state = world.State;
        ClusterRequest request = random.Next(15) switch
        {
            0 or 1 => Create(state),
            2 => new DeleteDatabase(SomeDatabase(state)),
            3 or 4 or 5 => new MigrateShards(SomeShards(state), 1 + random.Next(state.Nodes.Count)),
            6 => new FailoverShards(SomeShards(state)),
            7 or 13 => new FailoverShards([.. state.MastersOf(SomeDatabase(state)).Select(m => m.Uid)]),
            8 => new UpdateDatabase(SomeDatabase(state))
            {
                ProxyPolicy = ProxyPolicy.Single,
                TargetNodeUid = 1 + random.Next(state.Nodes.Count),
            },
            9 => new UpdateDatabase(SomeDatabase(state)) { ProxyPolicy = (ProxyPolicy)random.Next(3) },
            10 => new UpdateDatabase(SomeDatabase(state)) { IncludeProxies = [1 + random.Next(state.Nodes.Count)] },
            11 => new UpdateDatabase(SomeDatabase(state)) { MemorySize = 1 << (20 + random.Next(4)) },
            12 => new ConfigureDatabase(
                SomeDatabase(state), ImmutableSortedDictionary<string, string>.Empty.Add("hz", random.Next(10, 100).ToString(null, null))),
            _ => new UpdateCluster { HandoffsDelayMs = random.Next(3000), SilentEndpointShrink = random.Next(2) == 0 },
        };
        int operations = state.Operations.Count;
        RequestResult result = world.Request(request)!;
        if (!result.Accepted)
        {
            Assert.Same(state, world.State); // Refused: nothing was changed.
            Assert.Equal(operations, world.State.Operations.Count);
        }
    }

    private ClusterRequest Create(ClusterState state) => state.Databases.Count >= MostDatabases
        ? new DeleteDatabase(SomeDatabase(state))
        : new CreateDatabase
        {
            Name = "db",
            MemorySize = 1 << 20,
            ShardsCount = 1 + random.Next(4),
            Replication = random.Next(2) == 0,
            Placement = (ShardsPlacement)random.Next(2),
            ProxyPolicy = (ProxyPolicy)random.Next(3),
        };

    private int SomeDatabase(ClusterState state) =>
        state.Databases.IsEmpty ? 1 : state.Databases.Keys.ElementAt(random.Next(state.Databases.Count));

    private ImmutableArray<int> SomeShards(ClusterState state)
    {
        int[] shards = [.. state.ShardsOf(SomeDatabase(state)).Select(s => s.Uid)];
        return [.. shards.Where(_ => random.Next(2) == 0)];
    }
}
