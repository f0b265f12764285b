using System.Net.Http.Headers;
using Xunit;

namespace Baton.Server.Tests.Rest;

public sealed class UsersResourceTests
{
    [Fact]
    public async Task A_token_stands_for_the_password_until_it_runs_out()
    {
        await using var world = await RestWorld.StartAsync();
        var issued = await world.PostAsync("/v1/users/authorize", """{"ttl": 60}""");
        Assert.Equal(200, issued.Status);
        Use(world, issued.Body!["access_token"]!.GetValue<string>());

        Assert.Equal(200, (await world.GetAsync("/v1/cluster")).Status);
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        var refreshed = await world.SendAsync(HttpMethod.Post, "/v1/users/refresh_jwt", null);
        world.Clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal("unauthorized", (await world.GetAsync("/v1/cluster")).Code);
        Use(world, refreshed.Body!["access_token"]!.GetValue<string>());
        Assert.Equal(200, (await world.GetAsync("/v1/cluster")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("...")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ0ZXN0QHJlZGlzLmNvbSIsImV4cCI6OTk5OTk5OTk5OX0.")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_token_nobody_issued_opens_nothing(string token)
    {
        await using var world = await RestWorld.StartAsync();
        world.Http.DefaultRequestHeaders.Remove("Authorization");
        world.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"JWT {token}");

        Assert.Equal(401, (await world.GetAsync("/v1/cluster")).Status);
    }

    [Fact]
    public async Task A_life_out_of_range_is_named()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.PostAsync("/v1/users/authorize", """{"ttl": 86401, "role": "admin"}""");

        Assert.Equal(400, answer.Status);
        Assert.Equal(["ttl", "role"], answer.Body!["errors"]!.AsArray().Select(error => error!["field"]!.GetValue<string>()));
    }

    private static void Use(RestWorld world, string token) =>
        world.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("JWT", token);
}
