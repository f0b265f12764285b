using System.Net;
using Baton.Server.Hosting;
using Xunit;

namespace Baton.Server.Tests.Hosting;

public sealed class NodePlanTests
{
    private static readonly ClusterHostOptions Options = new() { DataDirectory = "unused" };

    [Fact]
    public void Every_node_has_an_address_of_its_own_where_the_system_allows_it()
    {
        var nodes = NodePlan.Make(Options, _ => true);

        Assert.Equal(["127.0.0.11", "127.0.0.12", "127.0.0.13"], nodes.Values.Select(node => node.Address));
        Assert.All(nodes.Values, node => Assert.Equal(0, node.PortOffset));
    }

    [Fact]
    public void Otherwise_all_share_one_and_have_ports_of_their_own()
    {
        var nodes = NodePlan.Make(Options, address => !address.Equals(IPAddress.Parse("127.0.0.12")));

        Assert.All(nodes.Values, node => Assert.Equal("127.0.0.1", node.Address));
        Assert.Equal([0, 1000, 2000], nodes.Values.Select(node => node.PortOffset));
    }

    [Fact]
    public void Addresses_can_be_chosen()
    {
        var nodes = NodePlan.Make(
            Options with { Nodes = 2, NodeAddresses = ["127.0.0.21", "127.0.0.22"], ExternalAddresses = ["203.0.113.1", "203.0.113.2"] }, _ => true);

        Assert.Equal(["127.0.0.21", "127.0.0.22"], nodes.Values.Select(node => node.Address));
        Assert.Equal(["203.0.113.1", "203.0.113.2"], nodes.Values.SelectMany(node => node.ExternalAddresses));
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        Assert.Throws<ClusterHostException>(() => NodePlan.Make(Options with { Nodes = 0 }, _ => true));
        Assert.Throws<ClusterHostException>(() => NodePlan.Make(Options with { Nodes = 51 }, _ => true));
        Assert.Throws<ClusterHostException>(() => NodePlan.Make(Options with { NodeAddresses = ["127.0.0.1", "127.0.0.2"] }, _ => true));
        Assert.Throws<ClusterHostException>(() => NodePlan.Make(Options with { NodeAddresses = ["nowhere"] }, _ => true));
        Assert.Throws<ClusterHostException>(() => NodePlan.Make(Options with { NodeAddresses = ["192.0.2.1"] }, _ => false));
        Assert.Throws<ClusterHostException>(() => NodePlan.Make(Options with { ExternalAddresses = ["203.0.113.1"] }, _ => true));
    }
}
