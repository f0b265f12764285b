using System.Collections.Immutable;
using Baton.Cluster.Model;

namespace Baton.Cluster.Tests;

/// <summary>Clusters to begin tests with.</summary>
internal static class TestClusters
{
    public static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly ImmutableSortedDictionary<string, EngineTraits> Engines = ImmutableSortedDictionary<string, EngineTraits>.Empty
        .Add("garnet", new EngineTraits(Replication: false))
        .Add("redis", new EngineTraits(Replication: true));

    public static ClusterState WithNodes(int count) => new()
    {
        Settings = new ClusterSettings { Name = "cluster.local", CreatedTime = Epoch, Engines = Engines, DefaultEngine = "redis" },
        Nodes = Enumerable.Range(1, count).ToImmutableSortedDictionary(
            uid => uid, uid => new NodeState { Uid = uid, Address = $"127.0.0.{10 + uid}" }),
    };
}
