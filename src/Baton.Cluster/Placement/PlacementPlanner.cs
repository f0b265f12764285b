using System.Collections.Immutable;
using Baton.Cluster.Model;

namespace Baton.Cluster.Placement;

/// <summary>Which shard goes to which node, and which nodes' proxies serve. Deterministic: the same state gives the same plan.</summary>
public static class PlacementPlanner
{
    /// <summary>
    /// Places the shards of a new database. Dense: all masters on the emptiest node, all replicas on the next. Sparse: masters one by one
    /// over the nodes from the emptiest on, each replica on the node after its master's.
    /// </summary>
    /// <returns>One entry per master; null when there are too few nodes that accept shards.</returns>
    public static ImmutableArray<PlacedShard>? Plan(ClusterState state, int masters, bool replication, ShardsPlacement placement)
    {
        ImmutableArray<int> nodes = EmptiestFirst(state);
        if (nodes.Length < (replication ? 2 : 1))
        {
            return null;
        }

        bool sparse = placement == ShardsPlacement.Sparse;
        return
        [
            .. Enumerable.Range(0, masters).Select(index =>
            {
                int master = sparse ? index % nodes.Length : 0;
                return new PlacedShard(nodes[master], replication ? nodes[(master + 1) % nodes.Length] : null);
            }),
        ];
    }

    /// <summary>The nodes a proxy policy means for a database, exceptions applied.</summary>
    /// <param name="state">The cluster.</param>
    /// <param name="masterNodes">The node of each master, by slot.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="include">Nodes added to it.</param>
    /// <param name="exclude">Nodes taken out of it.</param>
    /// <param name="database">The database, once there is one.</param>
    /// <returns>Where exceptions leave nobody, another node takes the place of those excluded; empty when there is none.</returns>
    public static ImmutableSortedSet<int> NodesOf(
        ClusterState state,
        IEnumerable<int> masterNodes,
        ProxyPolicy policy,
        ImmutableSortedSet<int> include,
        ImmutableSortedSet<int> exclude,
        DatabaseState? database = null)
    {
        ImmutableSortedSet<int> nodes = policy switch
        {
            ProxyPolicy.AllNodes => [.. state.Nodes.Keys],
            ProxyPolicy.AllMasterShards => [.. masterNodes],
            _ => [NodeOfMostMasters(masterNodes)],
        };
        ImmutableSortedSet<int> left = nodes.Union(include).Except(exclude);
        return left.IsEmpty ? Substitute(state, exclude, database) : left;
    }

    /// <summary>An endpoint has to be somewhere: where it is already, else beside a shard of its database, else where the fewest shards are.</summary>
    private static ImmutableSortedSet<int> Substitute(ClusterState state, ImmutableSortedSet<int> exclude, DatabaseState? database) =>
    [
        .. state.Nodes.Values
            .Where(n => !exclude.Contains(n.Uid) && (n.AcceptServers || database?.BoundNodes.Contains(n.Uid) == true))
            .OrderByDescending(n => database?.BoundNodes.Contains(n.Uid))
            .ThenByDescending(n => state.Shards.Values.Any(s => s.NodeUid == n.Uid && s.DatabaseUid == database?.Uid))
            .ThenBy(n => state.Shards.Values.Count(s => s.NodeUid == n.Uid))
            .ThenBy(n => n.Uid)
            .Take(1)
            .Select(n => n.Uid),
    ];

    private static int NodeOfMostMasters(IEnumerable<int> masterNodes) =>
        masterNodes.GroupBy(n => n).OrderByDescending(g => g.Count()).First().Key; // OrderBy is stable: in a tie the first master's node.

    private static ImmutableArray<int> EmptiestFirst(ClusterState state)
    {
        ILookup<int, ShardState> shards = state.Shards.Values.ToLookup(s => s.NodeUid);
        return
        [
            .. state.Nodes.Values.Where(n => n.AcceptServers).OrderBy(n => shards[n.Uid].Count()).ThenBy(n => n.Uid).Select(n => n.Uid),
        ];
    }
}

/// <summary>Where one master and its replica go.</summary>
/// <param name="MasterNode">The master's node.</param>
/// <param name="ReplicaNode">The replica's node, never the master's; null = no replica.</param>
public readonly record struct PlacedShard(int MasterNode, int? ReplicaNode);
