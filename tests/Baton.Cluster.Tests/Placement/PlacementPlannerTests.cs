using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Placement;

namespace Baton.Cluster.Tests.Placement;

public sealed class PlacementPlannerTests
{
    public static TheoryData<int, int, bool, ShardsPlacement> Cases()
    {
        TheoryData<int, int, bool, ShardsPlacement> cases = [];
        foreach (int nodes in new[] { 2, 3, 5 })
        {
            foreach (int masters in new[] { 1, 2, 3, 4, 7, 16 })
            {
                cases.Add(nodes, masters, true, ShardsPlacement.Dense);
                cases.Add(nodes, masters, true, ShardsPlacement.Sparse);
                cases.Add(nodes, masters, false, ShardsPlacement.Sparse);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_plan_keeps_the_rules_of_its_placement(int nodes, int masters, bool replication, ShardsPlacement placement)
    {
        ImmutableArray<PlacedShard> plan = PlacementPlanner.Plan(TestClusters.WithNodes(nodes), masters, replication, placement)!.Value;

        Assert.Equal(masters, plan.Length);
        Assert.All(plan, p => Assert.NotEqual(p.MasterNode, p.ReplicaNode));
        Assert.All(plan, p => Assert.Equal(replication, p.ReplicaNode is not null));
        int[] load = [.. plan.GroupBy(p => p.MasterNode).Select(g => g.Count())];
        if (placement == ShardsPlacement.Dense)
        {
            Assert.Single(plan.Distinct());
        }
        else
        {
            Assert.Equal(Math.Min(nodes, masters), load.Length);
            Assert.True(load.Max() - load.Min() <= 1);
        }
    }

    [Fact]
    public void Nodes_that_accept_no_servers_get_nothing()
    {
        ClusterState state = TestClusters.WithNodes(3);
        state = state with { Nodes = state.Nodes.SetItem(1, state.Nodes[1] with { AcceptServers = false }) };

        ImmutableArray<PlacedShard> plan = PlacementPlanner.Plan(state, 4, replication: true, ShardsPlacement.Sparse)!.Value;

        Assert.DoesNotContain(plan, p => p.MasterNode == 1 || p.ReplicaNode == 1);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Too_few_nodes_give_no_plan(int nodes, bool replication) =>
        Assert.Null(PlacementPlanner.Plan(TestClusters.WithNodes(nodes), 1, replication, ShardsPlacement.Dense));

    [Fact]
    public void The_policy_single_is_the_node_of_most_masters_and_exceptions_apply()
    {
        ClusterState state = TestClusters.WithNodes(4);

        Assert.Equal([3], PlacementPlanner.NodesOf(state, [1, 3, 3], ProxyPolicy.Single, [], []));
        Assert.Equal([2], PlacementPlanner.NodesOf(state, [2, 1], ProxyPolicy.Single, [], []));
        Assert.Equal([1, 3, 4], PlacementPlanner.NodesOf(state, [1, 3, 3], ProxyPolicy.AllMasterShards, [4], []));
        Assert.Equal([1, 3, 4], PlacementPlanner.NodesOf(state, [1], ProxyPolicy.AllNodes, [], [2]));
    }

    [Theory]
    [InlineData(ProxyPolicy.Single)]
    [InlineData(ProxyPolicy.AllMasterShards)]
    public void Where_exceptions_leave_nobody_another_node_takes_their_place(ProxyPolicy policy)
    {
        ClusterState state = TestClusters.WithNodes(4);
        ClusterState closed = state with { Nodes = state.Nodes.SetItem(2, state.Nodes[2] with { AcceptServers = false }) };

        Assert.Equal([2], PlacementPlanner.NodesOf(state, [1], policy, [], [1]));
        Assert.Equal([3], PlacementPlanner.NodesOf(closed, [1], policy, [], [1]));
        Assert.Equal([4], PlacementPlanner.NodesOf(state, [1], policy, [4], [1]));
        Assert.Empty(PlacementPlanner.NodesOf(state, [1], policy, [], [1, 2, 3, 4]));
    }
}
