using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

/// <summary>What a shared connection means is asked now and then, and one that means something else is given up.</summary>
public sealed class LaneCheckTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_shared_connection_that_has_come_to_stand_in_another_database_is_given_up_and_told(int protocol)
    {
        ProxyWorld world = new();
        MemoryClient client = protocol == 3 ? world.ConnectResp3() : world.Connect();
        client.Ask("SET", "k", "right");
        world.Engines[0].Confuse(5);
        Assert.NotEqual("$5\r\nright\r\n", client.Ask("GET", "k"));

        world.Driver.Advance(6_000);

        Assert.Equal("$5\r\nright\r\n", client.Ask("GET", "k"));
        Assert.Equal(1, world.Plane.Statistics.ChangedLanes);
    }

    [Fact]
    public void A_connection_that_is_as_it_was_made_is_kept_and_one_nobody_uses_is_not_asked()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", "v");
        client.Ask("SELECT", "3");
        client.Ask("SET", "k", "v");
        int connections = world.Engines[0].ConnectionCount;

        world.Driver.Advance(60_000);

        Assert.Equal(2, world.Engines[0].Received.Count(static command => command == "CLIENT INFO"));
        Assert.Equal(connections, world.Engines[0].ConnectionCount);
        Assert.Equal(0, world.Plane.Statistics.ChangedLanes);
    }
}
