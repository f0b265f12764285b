using Baton.Server.Engines;
using Xunit;

namespace Baton.Server.Tests.Rest;

public sealed class ShardsResourceTests
{
    [Fact]
    public async Task A_shard_has_uids_as_strings_and_its_database_as_a_number()
    {
        await using var world = await RestWorld.StartAsync();

        var shard = (await world.GetAsync("/v1/shards/1")).Body!;

        Assert.Equal("\"1\"", shard["uid"]!.ToJsonString());
        Assert.Equal("1", shard["bdb_uid"]!.ToJsonString());
        Assert.Equal("\"1\"", shard["node_uid"]!.ToJsonString());
        Assert.Equal(("master", "0-8191", "active"), ((string)shard["role"]!, (string)shard["assigned_slots"]!, (string)shard["status"]!));
        Assert.Equal(2_181_038, (long)shard["redis_info"]!["used_memory"]!);
    }

    [Fact]
    public async Task Replicas_show_the_slots_of_their_master()
    {
        await using var world = await RestWorld.StartAsync();

        var shards = (await world.GetAsync("/v1/shards")).Body!.AsArray();

        Assert.Equal(4, shards.Count);
        Assert.Equal(
            shards.Where(shard => (string)shard!["role"]! == "master").Select(shard => (string)shard!["assigned_slots"]!),
            shards.Where(shard => (string)shard!["role"]! == "slave").Select(shard => (string)shard!["assigned_slots"]!));
    }

    [Fact]
    public async Task A_shard_that_does_not_answer_is_shown_without_figures()
    {
        await using var world = await RestWorld.StartAsync();
        world.Controller.Probe = (uid, _) => uid == 2 ? throw new EngineException("gone") : Task.FromResult<EngineHealth?>(null);

        var shards = (await world.GetAsync("/v1/shards")).Body!.AsArray();

        Assert.All(shards, shard => Assert.Equal("timeout", (string)shard!["detailed_status"]!));
        Assert.All(shards, shard => Assert.Null(shard!["redis_info"]));
    }

    [Fact]
    public async Task Migrate_answers_with_an_action()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.PostAsync(
            "/v1/shards/actions/migrate",
            """{"shard_uids": ["1", "3"], "target_node_uid": 3, "preserve_roles": false, "max_concurrent_bdb_migrations": 3, "dry_run": false}""");

        Assert.Equal((200, "Migrate was triggered"), (answer.Status, (string)answer.Body!["description"]!));
        Assert.NotEmpty((string)answer.Body["action_uid"]!);
        Assert.Single(answer.Body["action_uids"]!.AsArray());
    }

    [Fact]
    public async Task One_shard_can_be_migrated_by_its_path()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.PostAsync("/v1/shards/1/actions/migrate", """{"target_node_uid": 3}""");

        Assert.Equal(200, answer.Status);
        Assert.NotEmpty((string)answer.Body!["action_uid"]!);
    }

    [Fact]
    public async Task A_dry_run_moves_nothing()
    {
        await using var world = await RestWorld.StartAsync();
        var before = world.Controller.State.Operations.Count;

        var answer = await world.PostAsync("/v1/shards/actions/migrate", """{"shard_uids": ["1"], "target_node_uid": 3, "dry_run": true}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal(before, world.Controller.State.Operations.Count);
    }

    [Theory]
    [InlineData("""{"target_node_uid": 3}""", 404, "shard_uids_required", "shard_uids")]
    [InlineData("""{"shard_uids": [], "target_node_uid": 3}""", 404, "shard_uids_required", "shard_uids")]
    [InlineData("""{"shard_uids": "1", "target_node_uid": 3}""", 400, "invalid_type", "shard_uids")]
    [InlineData("""{"shard_uids": ["one"], "target_node_uid": 3}""", 400, "invalid_type", "shard_uids")]
    [InlineData("""{"shard_uids": ["9"], "target_node_uid": 3}""", 404, "shard_not_exist", "shard_uids")]
    [InlineData("""{"shard_uids": ["1"]}""", 400, "missing_field", "target_node_uid")]
    [InlineData("""{"shard_uids": ["1"], "target_node_uid": true}""", 400, "invalid_type", "target_node_uid")]
    [InlineData("""{"shard_uids": ["1"], "target_node_uid": 3, "fast": true}""", 400, "unknown_field", "fast")]
    public async Task A_wrong_migrate_is_refused_by_code_and_field(string body, int status, string code, string field)
    {
        await using var world = await RestWorld.StartAsync();
        var before = world.Controller.State;

        var answer = await world.PostAsync("/v1/shards/actions/migrate", body);

        Assert.Equal((status, code, field), (answer.Status, answer.Code, answer.Field));
        Assert.Same(before, world.Controller.State);
    }

    [Fact]
    public async Task A_migrate_to_an_unknown_node_is_not_found()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.PostAsync("/v1/shards/actions/migrate", """{"shard_uids": ["1"], "target_node_uid": 9}""");

        Assert.Equal((404, "target_node_uid"), (answer.Status, answer.Field));
    }

    [Fact]
    public async Task A_second_migrate_finds_the_database_busy()
    {
        await using var world = await RestWorld.StartAsync();
        await world.PostAsync("/v1/shards/actions/migrate", """{"shard_uids": ["1"], "target_node_uid": 3}""");

        var answer = await world.PostAsync("/v1/shards/actions/migrate", """{"shard_uids": ["3"], "target_node_uid": 3}""");

        Assert.Equal((409, "db_busy"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Failover_takes_masters_only()
    {
        await using var world = await RestWorld.StartAsync();
        var replica = world.Controller.State.Shards.Values.First(shard => shard.Role == Baton.Cluster.Model.ShardRole.Replica).Uid;

        var wrong = await world.PostAsync("/v1/shards/actions/failover", $$"""{"shard_uids": ["{{replica}}"]}""");
        var forced = await world.PostAsync("/v1/shards/actions/failover", """{"shard_uids": ["1"], "force_rebind": true}""");
        var right = await world.PostAsync("/v1/shards/1/actions/failover", "");

        Assert.Equal((400, "shard_is_slave"), (wrong.Status, wrong.Code));
        Assert.Equal((400, "not_supported", "force_rebind"), (forced.Status, forced.Code, forced.Field));
        Assert.Equal((200, "Failover was triggered"), (right.Status, (string)right.Body!["description"]!));
    }
}
