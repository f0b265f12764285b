using Baton.Client.Tests.Kit;
using Xunit;

namespace Baton.Client.Tests.Connections;

/// <summary>The C and V rows and F46: MOVING that names no place.</summary>
[Collection(VirtualTime.Name)]
public sealed class UnnamedHandoffTests
{
    private static readonly RedisEndpoint Name = new("redis.example", 6379);

    // Row C1: the address stays, what is behind it changes at 40 % of the window.
    [Fact]
    public async Task C1_a_client_of_an_address_connects_again_at_half_the_time()
    {
        await using var world = await ConnectedAsync(null);
        var load = new Load(world.Client, world.Time, 100);
        await world.PassAsync(1);
        world.A.Announce(Frames.Moving(1, 10, (string?)null));
        await world.PassAsync(4.9);
        Assert.Single(world.A.Connections);

        await world.PassAsync(0.6);
        Assert.Equal(2, world.A.Connections.Count);
        Assert.True(world.A.Connections[0].IsClosed);
        await EndAsync(world, load);
        Assert.Single(world.Network.Open);
    }

    // Rows C2, V2, V3: the name goes on leading to the same address.
    [Fact]
    public async Task C2_a_client_of_a_name_that_stays_connects_again_at_half_the_time()
    {
        await using var world = await ConnectedAsync(Name);
        var load = new Load(world.Client, world.Time, 100);
        await world.PassAsync(1);
        world.A.Announce(Frames.Moving(1, 10, (string?)null));
        await world.PassAsync(4.9);
        Assert.Single(world.A.Connections);
        await world.PassAsync(0.6);
        Assert.Single(world.A.Open);
        await world.PassAsync(5);
        await EndAsync(world, load);

        Assert.Equal(2, world.A.Connections.Count);
    }

    // Row C4, the name moves after 3 s: no need to wait for half the time.
    [Fact]
    public async Task C4_a_client_of_a_name_that_moves_early_follows_it()
    {
        await using var world = await ConnectedAsync(Name);
        var load = new Load(world.Client, world.Time, 100);
        await world.PassAsync(1);
        world.A.Announce(Frames.Moving(1, 10, (string?)null));
        await world.PassAsync(3);
        world.Network.Name(Name.Host, "10.0.0.2");
        await world.PassAsync(1.5);
        Assert.Empty(world.A.Open);
        Assert.Single(world.B.Open);
        world.A.Leave();
        await EndAsync(world, load);
    }

    // Row C4, hard case 13: the name moves after half the time, when the client has connected to the old address once more.
    [Fact]
    public async Task A_name_that_moves_late_is_followed_until_the_time_is_over()
    {
        await using var world = await ConnectedAsync(Name);
        var load = new Load(world.Client, world.Time, 100);
        world.A.Announce(Frames.Moving(1, 10, (string?)null));
        await world.PassAsync(8);
        Assert.Equal(2, world.A.Connections.Count);
        world.Network.Name(Name.Host, "10.0.0.2");
        await world.PassAsync(1.5);
        Assert.Empty(world.A.Open);
        world.A.Leave();
        await EndAsync(world, load);

        Assert.True(await world.ServesAsync(world.B));
        Assert.Single(world.Network.Open);
    }

    // Hard case 13: later than the server's close, too; every attempt looks the name up.
    [Fact]
    public async Task A_name_that_moves_after_the_close_is_found_by_connecting_again()
    {
        await using var world = await ConnectedAsync(Name);
        world.A.Announce(Frames.Moving(1, 10, (string?)null));
        await world.PassAsync(12);
        world.A.Leave();
        await world.PassAsync(3);
        world.Network.Name(Name.Host, "10.0.0.2");
        var lookups = world.Network.Lookups;

        Assert.True(await world.ServesAsync(world.B));
        Assert.True(world.Network.Lookups > lookups);
    }

    // F46, hard case 25: half of an odd number of seconds.
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(3, 1.5)]
    [InlineData(15, 7.5)]
    public async Task Half_the_time_is_half_the_time(int seconds, double half)
    {
        await using var world = await ConnectedAsync(null);
        world.A.Announce(Frames.Moving(1, seconds, (string?)null));
        var waited = await world.UntilAsync(() => world.A.Dials == 2, seconds, "A is dialled again");

        Assert.InRange(waited.TotalSeconds, half, half + 0.06);
    }

    // F46, F49
    [Fact]
    public async Task A_newer_MOVING_supersedes_the_one_that_waits_for_half_its_time()
    {
        await using var world = await ConnectedAsync(null);
        world.A.Announce(Frames.Moving(1, 10, (string?)null));
        await world.PassAsync(3);
        world.A.Announce(Frames.Moving(2, 10, world.B));
        await world.PassAsync(12);

        Assert.True(await world.ServesAsync(world.B));
        Assert.Single(world.A.Connections);
    }

    // Hard case 3: a server that repeats the event to the new connection would make it a loop.
    [Fact]
    public async Task The_event_repeated_to_the_new_connection_is_no_new_event()
    {
        await using var world = await ConnectedAsync(null);
        world.Database.AfterOptIn = _ => Frames.Moving(1, 5, (string?)null);
        world.A.Announce(Frames.Moving(1, 10, (string?)null));
        await world.PassAsync(30);

        Assert.Equal(2, world.A.Connections.Count);
    }

    // Hard case 1, C21: what servers write when they name nobody.
    [Theory]
    [InlineData("?")]
    [InlineData("?:7002")]
    [InlineData(":7002")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_placeholder_is_no_place(string placeholder)
    {
        await using var world = await ConnectedAsync(null);
        world.A.Announce(Frames.Moving(1, 2, placeholder));
        await world.PassAsync(1.5);

        Assert.Equal(2, world.A.Connections.Count);
        Assert.True(await world.ServesAsync(world.A));
    }

    // Hard case 12: several addresses; the one that does not answer is passed over.
    [Fact]
    public async Task A_name_with_several_addresses_is_tried_address_by_address()
    {
        await using var world = await ConnectedAsync(Name);
        world.Network.Name(Name.Host, "10.0.0.2", "10.0.0.3");
        world.B.Mode = PlaceMode.Refusing;
        world.A.Announce(Frames.Moving(1, 10, (string?)null));
        await world.PassAsync(2);

        Assert.True(await world.ServesAsync(world.C));
    }

    private static async Task<ClientWorld> ConnectedAsync(RedisEndpoint? name)
    {
        var world = new ClientWorld();
        world.Network.Name(Name.Host, "10.0.0.1");
        world.Options = name is null ? world.Options : world.Options with { Endpoints = [name] };
        world.A.RoundTrip = world.B.RoundTrip = TimeSpan.FromMilliseconds(50);
        await world.ConnectAsync();
        return world;
    }

    private static async Task EndAsync(ClientWorld world, Load load)
    {
        await world.PassAsync(1);
        _ = load.StopAsync();
        await world.UntilAsync(() => load.HasEnded, 30, "every caller ends");
        Assert.Empty(load.Failures);
        Assert.Equal(load.Succeeded, world.Database.Executed.Count(static line => line == "INCR n"));
    }
}
