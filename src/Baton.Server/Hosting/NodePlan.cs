using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Baton.Cluster.Model;

namespace Baton.Server.Hosting;

/// <summary>Which address each node of a new cluster gets.</summary>
internal static class NodePlan
{
    /// <summary>Where all nodes share an address, node n's ports are (n - 1) times this above the database's.</summary>
    internal const int PortStep = 1000;

    private const int FirstHost = 11;
    private const int MaxNodes = 50;

    /// <summary>
    /// 127.0.0.11, .12 ... when every one of them can be listened on (Linux), else one shared address and a port offset per node; or the
    /// addresses that were asked for.
    /// </summary>
    /// <exception cref="ClusterHostException">The options do not fit together.</exception>
    public static ImmutableSortedDictionary<int, NodeState> Make(ClusterHostOptions options, Func<IPAddress, bool> canListen)
    {
        Require(options.Nodes is >= 1 and <= MaxNodes, $"--nodes is {options.Nodes}; 1 to {MaxNodes} are possible.");
        Require(
            options.ExternalAddresses.Count == 0 || options.ExternalAddresses.Count == options.Nodes,
            $"There are {options.ExternalAddresses.Count} external addresses for {options.Nodes} nodes; give one per node, or none.");
        var addresses = Addresses(options, canListen);
        var nodes = addresses.Select((address, index) => new NodeState
        {
            Uid = index + 1,
            Address = address,
            ExternalAddresses = options.ExternalAddresses.Count == 0 ? [] : [options.ExternalAddresses[index]],
            PortOffset = PortStep * addresses.Take(index).Count(earlier => earlier == address),
        });
        return nodes.ToImmutableSortedDictionary(node => node.Uid, node => node);
    }

    /// <summary>Whether this system lets a program listen on the address.</summary>
    public static bool CanListen(IPAddress address) => CanListen(address, port: 0);

    /// <summary>Whether a port is free on every node.</summary>
    public static bool IsFree(IEnumerable<NodeState> nodes, int port) =>
        nodes.All(node => port + node.PortOffset <= IPEndPoint.MaxPort && CanListen(IPAddress.Parse(node.Address), port + node.PortOffset));

    private static string[] Addresses(ClusterHostOptions options, Func<IPAddress, bool> canListen)
    {
        if (options.NodeAddresses.Count > 0)
        {
            Require(
                options.NodeAddresses.Count == options.Nodes || options.NodeAddresses.Count == 1,
                $"There are {options.NodeAddresses.Count} node addresses for {options.Nodes} nodes; give one per node, or one for all.");
            foreach (var text in options.NodeAddresses)
            {
                Require(
                    IPAddress.TryParse(text, out var address) && canListen(address),
                    $"The node address \"{text}\" is not an IP address of this machine that can be listened on.");
            }

            return options.NodeAddresses.Count == 1
                ? [.. Enumerable.Repeat(options.NodeAddresses[0], options.Nodes)]
                : [.. options.NodeAddresses];
        }

        IPAddress[] own = [.. Enumerable.Range(FirstHost, options.Nodes).Select(host => new IPAddress([127, 0, 0, (byte)host]))];
        return own.All(canListen)
            ? [.. own.Select(address => address.ToString())]
            : [.. Enumerable.Repeat(IPAddress.Loopback.ToString(), options.Nodes)];
    }

    private static bool CanListen(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ClusterHostException(message);
        }
    }
}
