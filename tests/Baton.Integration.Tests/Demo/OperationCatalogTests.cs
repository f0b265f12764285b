using Baton.Cli.Demo.Operations;
using Xunit;

namespace Baton.Integration.Tests.Demo;

public sealed class OperationCatalogTests
{
    private static readonly int[] Nodes = [1, 2, 3];

    [Fact]
    public void Masters_move_together_to_the_node_without_their_replicas()
    {
        var (node, shards) = OperationCatalog.BestMove(
            [Master(1, "a", 1), Master(2, "b", 1), Replica(3, "a", 2), Replica(4, "b", 2)], Nodes, masters: true, int.MaxValue);

        Assert.Equal(3, node);
        Assert.Equal([1, 2], shards);
    }

    [Fact]
    public void Scattered_replicas_come_together_where_no_master_of_theirs_is()
    {
        var (node, shards) = OperationCatalog.BestMove(
            [Master(1, "a", 2), Master(2, "b", 2), Replica(3, "a", 1), Replica(4, "b", 3)], [3, 2, 1], masters: false, int.MaxValue);

        Assert.Equal(3, node);
        Assert.Equal([3], shards);
    }

    [Fact]
    public void One_shard_is_moved_when_one_is_asked_for()
    {
        var (node, shards) = OperationCatalog.BestMove([Master(1, "a", 1), Master(2, "b", 2)], Nodes, masters: true, most: 1);

        Assert.Equal(1, node);
        Assert.Equal([2], shards);
    }

    private static DemoDatabase.Shard Master(int uid, string slots, int node) => new(uid, IsMaster: true, slots, node);

    private static DemoDatabase.Shard Replica(int uid, string slots, int node) => new(uid, IsMaster: false, slots, node);
}
