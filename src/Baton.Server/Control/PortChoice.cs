using System.Net;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;

namespace Baton.Server.Control;

/// <summary>Settles a new database's port against what other programs have: the decision core knows the cluster's own ports only.</summary>
internal static class PortChoice
{
    private const int Tries = 50;

    /// <summary>
    /// Chooses a port when none is named. When the named one is taken, the request becomes a dry run, so that its other errors are found
    /// and nothing is changed, and the error comes with it.
    /// </summary>
    public static (CreateDatabase Request, RequestError? Taken) Resolve(CreateDatabase request, ClusterState state, IPortProbe ports)
    {
        if (request.Port is null or 0)
        {
            return (request with { Port = Choose(state, ports) }, null);
        }

        int port = request.Port.Value;
        bool ours = state.Databases.Values.Any(d => d.Port == port && d.Status != DatabaseStatus.CreationFailed);
        NodeState? taken = ours ? null : state.Nodes.Values.FirstOrDefault(n => !IsFree(n, port, ports));
        return taken is null
            ? (request, null)
            : (request with { DryRun = true }, new RequestError(
                RequestErrorKind.NotAcceptable, "port_unavailable",
                $"Unavailable or invalid port {port}: it cannot be used on node {taken.Uid} ({taken.Address}); "
                + "another program may have it. Choose another.",
                "port"));
    }

    private static int? Choose(ClusterState state, IPortProbe ports)
    {
        NodeState? first = state.Nodes.Values.FirstOrDefault();
        for (int tries = 0; first is not null && tries < Tries; tries++)
        {
            int port = ports.AnyFree(IPAddress.Parse(first.Address)) - first.PortOffset;
            if (state.Databases.Values.All(d => d.Port != port) && state.Nodes.Values.All(n => IsFree(n, port, ports)))
            {
                return port;
            }
        }

        return null; // The core takes the next of its range; opening the listener will tell.
    }

    private static bool IsFree(NodeState node, int port, IPortProbe ports) =>
        port + node.PortOffset is >= 1 and <= IPEndPoint.MaxPort
            && ports.IsFree(new IPEndPoint(IPAddress.Parse(node.Address), port + node.PortOffset));
}
