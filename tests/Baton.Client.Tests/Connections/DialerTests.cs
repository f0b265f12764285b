using Baton.Client.Tests.Kit;
using Xunit;

namespace Baton.Client.Tests.Connections;

public sealed class DialerTests
{
    [Theory]
    [InlineData(nameof(PlaceMode.Unreachable))]
    [InlineData(nameof(PlaceMode.Mute))]
    [InlineData(nameof(PlaceMode.Refusing))]
    public async Task An_address_that_swallows_everything_does_not_keep_the_names_other_address_from_being_tried(string first)
    {
        await using var world = new ClientWorld();
        world.Network.Name("redis.example", "10.0.0.1", "10.0.0.2");
        world.A.Mode = Enum.Parse<PlaceMode>(first);
        world.Options = world.Options with { Endpoints = [new RedisEndpoint("redis.example", 6379)], ConnectTimeout = TimeSpan.FromSeconds(4) };

        await world.ConnectAsync();

        Assert.True(await world.ServesAsync(world.B));
        Assert.InRange(world.Network.Now.TotalSeconds, 0, 2.1);
    }

    [Fact]
    public async Task A_command_that_could_not_be_sent_says_why()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Mode = PlaceMode.Refusing;
        world.A.CloseAll();
        await ClientWorld.RestAsync();

        var error = await world.FailureOfAsync<RedisTimeoutException>(world.Client.ExecuteAsync<long>($"INCR {"n"}").AsTask());

        Assert.Equal(CommandOutcome.NotSent, error.Outcome);
        Assert.Contains("it was not sent: No connection to 10.0.0.1:6379", error.Message, StringComparison.Ordinal);
    }
}
