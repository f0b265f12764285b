using Baton.Client.Tests.Kit;
using Xunit;

namespace Baton.Client.Tests.Regions;

public sealed class RedisRegionsClientTests
{
    [Fact]
    public async Task A_dead_database_is_left_and_what_was_not_sent_runs_at_the_other_one()
    {
        await using var world = new ClientWorld();
        await using var regions = await ConnectAsync(world);
        List<RegionDatabaseChangedEvent> changes = [];
        regions.DatabaseChanged += (_, change) => changes.Add(change);

        world.A.Mode = PlaceMode.Refusing;
        world.A.CloseAll();
        await ClientWorld.RestAsync();
        var waiting = regions.ExecuteAsync<long>($"INCR {"n"}").AsTask();

        Assert.Equal(1, await world.EndOfAsync(waiting));
        Assert.Equal("b", regions.CurrentDatabase.Name);
        await world.UntilAsync(() => changes.Count == 1, 1, "the event is raised");
        Assert.Equal((RegionChangeReason.Failover, "a", "b"), (changes[0].Reason, changes[0].From, changes[0].To));
    }

    [Fact]
    public async Task The_preferred_database_is_returned_to()
    {
        await using var world = new ClientWorld();
        await using var regions = await ConnectAsync(world);
        world.A.Mode = PlaceMode.Refusing;
        world.A.CloseAll();
        await ClientWorld.RestAsync();
        await world.UntilAsync(() => regions.CurrentDatabase.Name == "b", 10, "the other one is in use");

        world.A.Mode = PlaceMode.Serving;

        var took = await world.UntilAsync(() => regions.CurrentDatabase.Name == "a", 20, "the preferred one is in use");
        Assert.InRange(took.TotalSeconds, 5, 9);
    }

    [Fact]
    public async Task Announced_maintenance_is_not_taken_for_death()
    {
        await using var world = new ClientWorld();
        await using var regions = await ConnectAsync(world);

        world.A.Announce(Frames.Migrating(1, 2));
        await ClientWorld.RestAsync();
        world.A.Stall(true);
        await world.PassAsync(20);

        Assert.Equal("a", regions.CurrentDatabase.Name);
    }

    [Fact]
    public async Task A_silent_database_without_a_word_is_left()
    {
        await using var world = new ClientWorld();
        await using var regions = await ConnectAsync(world);

        world.A.Stall(true);

        await world.UntilAsync(() => regions.CurrentDatabase.Name == "b", 10, "the other one is in use");
    }

    private static async Task<RedisRegionsClient> ConnectAsync(ClientWorld world)
    {
        RegionDatabase At(string name, Place place) =>
            new(name, world.Options with { Endpoints = [place.Endpoint], CommandTimeout = TimeSpan.FromSeconds(30) });

        return await world.EndOfAsync(RedisRegionsClient.ConnectAsync(new RedisRegionsOptions
        {
            Databases = [At("a", world.A), At("b", world.B)],
            FailbackAfter = TimeSpan.FromSeconds(5),
            TimeProvider = world.Clock,
        }));
    }
}
