using Xunit;

namespace Baton.Server.Tests.Rest;

public sealed class ActionsResourceTests
{
    [Fact]
    public async Task Running_and_finished_operations_are_state_machines()
    {
        await using var world = await RestWorld.StartAsync();
        var migrate = await world.PostAsync("/v1/shards/actions/migrate", """{"shard_uids": ["1"], "target_node_uid": 3}""");

        var all = (await world.GetAsync("/v1/actions")).Body!;

        Assert.Empty(all["actions"]!.AsArray());
        Assert.Equal(["create", "migrate"], all["state-machines"]!.AsArray().Select(action => (string)action!["name"]!));
        Assert.Equal(["completed", "active"], all["state-machines"]!.AsArray().Select(action => (string)action!["status"]!));
        var one = (await world.GetAsync($"/v1/actions/{migrate.Body!["action_uid"]}")).Body!;
        Assert.Equal(("bdb:1", "active"), ((string)one["object_name"]!, (string)one["status"]!));
    }

    [Fact]
    public async Task The_second_version_has_its_own_words()
    {
        await using var world = await RestWorld.StartAsync();
        await world.PostAsync("/v1/shards/actions/migrate", """{"shard_uids": ["1"], "target_node_uid": 3}""");

        var all = (await world.GetAsync("/v2/actions")).Body!.AsArray();

        Assert.Equal(["completed", "running"], all.Select(action => (string)action!["status"]!));
        Assert.All(all, action => Assert.Equal("state-machine", (string)action!["action_type"]!));
        var one = (await world.GetAsync($"/v2/actions/{all[1]!["action_uid"]}")).Body!;
        Assert.Equal(("bdb", "1"), ((string)one["additional_info"]!["object_type"]!, (string)one["additional_info"]!["object_uid"]!));
    }

    [Theory]
    [InlineData("/v1/actions/none")]
    [InlineData("/v2/actions/none")]
    [InlineData("/v1/actions/%C3%A9%0A")]
    public async Task An_unknown_action_is_not_found(string path)
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.GetAsync(path);

        Assert.Equal((404, "action_not_found"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_databases_actions_are_listed()
    {
        await using var world = await RestWorld.StartAsync();

        var actions = (await world.GetAsync("/v1/actions/bdb/1")).Body!.AsArray();

        Assert.Equal("create", (string)Assert.Single(actions)!["name"]!);
    }
}
