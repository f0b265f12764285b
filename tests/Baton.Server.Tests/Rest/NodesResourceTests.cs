using Xunit;

namespace Baton.Server.Tests.Rest;

public sealed class NodesResourceTests
{
    [Fact]
    public async Task A_node_shows_its_shards_as_numbers()
    {
        await using var world = await RestWorld.StartAsync();

        var nodes = (await world.GetAsync("/v1/nodes")).Body!.AsArray();
        var first = (await world.GetAsync("/v1/nodes/1")).Body!;

        Assert.Equal([1, 2, 3], nodes.Select(node => (int)node!["uid"]!));
        Assert.Equal(("127.0.0.11", "active", 2), ((string)first["addr"]!, (string)first["status"]!, (int)first["shard_count"]!));
        Assert.Equal("[1,3]", first["shard_list"]!.ToJsonString());
    }

    [Fact]
    public async Task Exactly_one_node_is_the_master()
    {
        await using var world = await RestWorld.StartAsync();

        var all = (await world.GetAsync("/v1/nodes/status")).Body!.AsObject();
        var second = (await world.GetAsync("/v1/nodes/2/status")).Body!;

        Assert.Equal(["1", "2", "3"], all.Select(pair => pair.Key));
        Assert.Single(all, pair => (string)pair.Value!["role"]! == "master");
        Assert.Equal("[2,4]", second["slave_shards"]!.ToJsonString());
    }

    [Fact]
    public async Task An_unknown_node_is_not_found()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.GetAsync("/v1/nodes/7");

        Assert.Equal((404, "node_not_found"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Statistics_show_the_counters_by_their_reasons()
    {
        await using var world = await RestWorld.StartAsync();

        var statistics = (await world.GetAsync("/v1/statistics")).Body!;

        Assert.Equal((3, 2, 1000), ((int)statistics["connections"]!, (int)statistics["opted_in"]!, (int)statistics["commands"]!));
        Assert.Equal("""{"Quit":4,"EndpointMoved":1}""", statistics["closed_by"]!.ToJsonString());
        Assert.True((long)statistics["allocated_bytes"]! > 0);
    }
}
