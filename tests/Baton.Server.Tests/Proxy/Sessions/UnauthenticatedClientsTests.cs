using System.Net;
using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

/// <summary>Whoever has not given the password keeps nobody out who has it.</summary>
public sealed class UnauthenticatedClientsTests
{
    private static readonly ProxyLimits Three = ProxyLimits.Default with { MaxClients = 3 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_full_database_has_room_for_who_gives_the_password_as_long_as_others_have_not(int loops)
    {
        ProxyWorld world = new(password: "secret", limits: Three, loops: loops);
        MemoryClient[] idle = [world.Connect(), world.Connect(), world.Connect()];
        world.Driver.Settle();

        MemoryClient[] known = [.. Enumerable.Range(0, 3).Select(_ => LogIn(world))];

        Assert.All(idle, client => Assert.Equal(CloseReason.ClosedByPeer, client.WaitClosed()));
        Assert.Equal(3, world.Plane.Statistics.ClosedBy[CloseReason.Unauthenticated]);
        Assert.Equal("-ERR max number of clients reached\r\n", world.Connect().Next());
        Assert.All(known, client => Assert.Equal("+PONG\r\n", client.Ask("PING")));
    }

    [Fact]
    public void The_address_that_has_most_of_them_gives_up_the_one_that_is_there_longest()
    {
        ProxyWorld world = new(password: "secret", limits: Three);
        MemoryClient alone = From(world, 1);
        MemoryClient first = From(world, 2);
        MemoryClient second = From(world, 2);

        Assert.Equal("+OK\r\n", From(world, 3).Ask("AUTH", "secret"));

        first.WaitClosed();
        Assert.Equal("+OK\r\n", alone.Ask("AUTH", "secret"));
        Assert.Equal("+OK\r\n", second.Ask("AUTH", "secret"));
    }

    [Fact]
    public void Who_does_not_give_the_password_is_closed_after_a_time_and_who_gave_it_or_needs_none_is_not()
    {
        ProxyWorld world = new(password: "secret");
        MemoryClient idle = world.Connect();
        MemoryClient guessing = world.Connect();
        MemoryClient known = LogIn(world);
        MemoryClient reset = LogIn(world);
        world.Driver.Advance(UnauthenticatedClients.LimitMs / 2);
        Assert.StartsWith("-WRONGPASS", guessing.Ask("AUTH", "wrong"));
        Assert.Equal("+RESET\r\n", reset.Ask("RESET"));
        world.Driver.Advance(UnauthenticatedClients.LimitMs / 2 - 100);
        Assert.Null(idle.Closed);

        world.Driver.Advance(200);
        idle.WaitClosed();
        guessing.WaitClosed();
        Assert.Null(reset.Closed);
        world.Driver.Advance(UnauthenticatedClients.LimitMs);
        reset.WaitClosed();

        Assert.Equal("+PONG\r\n", known.Ask("PING"));
        ProxyWorld open = new();
        MemoryClient quiet = open.Connect();
        open.Driver.Advance(10 * UnauthenticatedClients.LimitMs);
        Assert.Equal("+PONG\r\n", quiet.Ask("PING"));
    }

    private static MemoryClient LogIn(ProxyWorld world)
    {
        MemoryClient client = world.Connect();
        Assert.Equal("+OK\r\n", client.Ask("AUTH", "secret"));
        return client;
    }

    private static MemoryClient From(ProxyWorld world, byte host)
    {
        world.Driver.ClientHost = new IPAddress([10, 0, 0, host]);
        MemoryClient client = world.Connect();
        world.Driver.Settle();
        return client;
    }
}
