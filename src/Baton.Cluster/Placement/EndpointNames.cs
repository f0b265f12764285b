using Baton.Cluster.Model;
using Baton.Protocol.Maintenance;

namespace Baton.Cluster.Placement;

/// <summary>Names and addresses of databases and nodes, in one place.</summary>
public static class EndpointNames
{
    /// <summary><c>redis-12000.cluster.local</c>.</summary>
    public static string Database(ClusterSettings settings, int port) => $"redis-{port}.{settings.Name}";

    /// <summary><c>node1.cluster.local</c>.</summary>
    public static string Node(ClusterSettings settings, int nodeUid) => $"node{nodeUid}.{settings.Name}";

    /// <summary>All names of a database's endpoint on one node.</summary>
    public static MovingTarget MovingTarget(ClusterSettings settings, NodeState node, int databasePort)
    {
        string name = Node(settings, node.Uid);
        string external = node.ExternalAddresses.IsDefaultOrEmpty ? node.Address : node.ExternalAddresses[0];
        return new MovingTarget(node.Address, external, name, name, databasePort + node.PortOffset);
    }
}
