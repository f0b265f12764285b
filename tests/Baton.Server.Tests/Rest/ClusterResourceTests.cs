using System.Text.Json.Nodes;
using Xunit;

namespace Baton.Server.Tests.Rest;

public sealed class ClusterResourceTests
{
    [Fact]
    public async Task Get_shows_the_documented_fields_with_their_types()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.GetAsync("/v1/cluster");

        Assert.Equal(200, answer.Status);
        Assert.Equal("cluster.test", (string)answer.Body!["name"]!);
        Assert.Equal("2026-01-31T12:00:00Z", (string)answer.Body["created_time"]!);
        Assert.Equal(world.Address.Port, (int)answer.Body["cnm_https_port"]!);
        Assert.False((bool)answer.Body["client_maint_notifications"]!);
        Assert.False((bool)answer.Body["oss_cluster_client_maint_notifications"]!);
        Assert.Equal(2000, (int)answer.Body["state_machine_smart_client_handoffs_delay_ms"]!);
        Assert.Equal("single", (string)answer.Body["default_sharded_proxy_policy"]!);
        Assert.Equal(100, (int)answer.Body["availability_lag_tolerance_ms"]!);
    }

    [Fact]
    public async Task Every_reply_carries_the_state_id()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.GetAsync("/v1/cluster");

        Assert.Equal($"{world.Controller.State.Revision}", answer.Headers["cluster-state-id"]);
    }

    [Fact]
    public async Task A_request_for_another_state_is_refused()
    {
        await using var world = await RestWorld.StartAsync();
        world.Http.DefaultRequestHeaders.Add("CLUSTER-STATE-ID", "424242");

        var answer = await world.PutAsync("/v1/cluster", """{"client_maint_notifications": true}""");

        Assert.Equal((409, "wrong_cluster_state_id"), (answer.Status, answer.Code));
        Assert.Empty(world.Controller.Requests);
    }

    [Fact]
    public async Task Put_answers_with_the_whole_object_as_it_is_afterwards()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.PutAsync("/v1/cluster", """{ "client_maint_notifications": true }""");

        Assert.Equal(200, answer.Status);
        Assert.True((bool)answer.Body!["client_maint_notifications"]!);
        Assert.Equal("cluster.test", (string)answer.Body["name"]!);
        Assert.True(world.Controller.State.Settings.ClientMaintNotifications);
    }

    [Fact]
    public async Task A_dry_run_shows_the_change_and_makes_none()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.PutAsync("/v1/cluster?dry_run", """{"client_maint_notifications": true}""");

        Assert.Equal(200, answer.Status);
        Assert.True((bool)answer.Body!["client_maint_notifications"]!);
        Assert.False(world.Controller.State.Settings.ClientMaintNotifications);
    }

    [Fact]
    public async Task Documented_fields_without_a_meaning_are_kept_and_given_back()
    {
        await using var world = await RestWorld.StartAsync();

        await world.PutAsync("/v1/cluster", """{"smtp_host": "mail.test", "slave_ha_grace_period": 12, "reserved_ports": ["11000", "13000-13010"]}""");
        var answer = await world.GetAsync("/v1/cluster");

        Assert.Equal("mail.test", (string)answer.Body!["smtp_host"]!);
        Assert.Equal(12, (int)answer.Body["slave_ha_grace_period"]!);
        Assert.Equal("""["11000","13000-13010"]""", answer.Body["reserved_ports"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"client_maint_notifications": "yes"}""", "invalid_type", "client_maint_notifications", "boolean")]
    [InlineData("""{"client_maint_notifications": null}""", "invalid_type", "client_maint_notifications", "null")]
    [InlineData("""{"state_machine_smart_client_handoffs_delay_ms": "2000"}""", "invalid_type", "state_machine_smart_client_handoffs_delay_ms", "integer")]
    [InlineData("""{"state_machine_smart_client_handoffs_delay_ms": 1.5}""", "invalid_type", "state_machine_smart_client_handoffs_delay_ms", "1.5")]
    [InlineData("""{"state_machine_smart_client_handoffs_delay_ms": 1e999}""", "invalid_type", "state_machine_smart_client_handoffs_delay_ms", "1e999")]
    [InlineData("""{"state_machine_smart_client_handoffs_delay_ms": 10001}""", "invalid_value", "state_machine_smart_client_handoffs_delay_ms", "10000")]
    [InlineData("""{"state_machine_smart_client_handoffs_delay_ms": -1}""", "invalid_value", "state_machine_smart_client_handoffs_delay_ms", "-1")]
    [InlineData("""{"default_sharded_proxy_policy": "some"}""", "invalid_value", "default_sharded_proxy_policy", "all-nodes")]
    [InlineData("""{"cm_port": []}""", "invalid_type", "cm_port", "an array")]
    [InlineData("""{"client_maintenance": true}""", "unknown_field", "client_maintenance", "cluster object")]
    public async Task Wrong_fields_are_named_with_what_was_expected_and_change_nothing(string body, string code, string field, string says)
    {
        await using var world = await RestWorld.StartAsync();
        var before = world.Controller.State;

        var answer = await world.PutAsync("/v1/cluster", body);

        Assert.Equal((400, code, field), (answer.Status, answer.Code, answer.Field));
        Assert.Contains(field, answer.Message, StringComparison.Ordinal);
        Assert.Contains(says, answer.Message, StringComparison.Ordinal);
        Assert.Same(before, world.Controller.State);
    }

    [Fact]
    public async Task A_half_valid_request_changes_nothing_and_all_its_faults_are_named()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.PutAsync("/v1/cluster", """{"client_maint_notifications": true, "cm_port": "x", "nonsense": 1}""");

        Assert.Equal(400, answer.Status);
        Assert.Equal(["cm_port", "nonsense"], answer.Body!["errors"]!.AsArray().Select(error => (string)error!["field"]!));
        Assert.False(world.Controller.State.Settings.ClientMaintNotifications);
    }

    [Fact]
    public async Task A_read_only_field_may_be_given_as_it_is_but_not_changed()
    {
        await using var world = await RestWorld.StartAsync();

        var same = await world.PutAsync("/v1/cluster", """{"name": "cluster.test", "client_maint_notifications": true}""");
        var other = await world.PutAsync("/v1/cluster", """{"name": "other.test"}""");

        Assert.Equal(200, same.Status);
        Assert.Equal((406, "read_only_field", "name"), (other.Status, other.Code, other.Field));
    }

    [Fact]
    public async Task What_get_answers_can_be_put()
    {
        await using var world = await RestWorld.StartAsync();
        var all = await world.GetAsync("/v1/cluster");

        var answer = await world.PutAsync("/v1/cluster", all.Body!.ToJsonString());

        Assert.Equal(200, answer.Status);
        Assert.True(JsonNode.DeepEquals(all.Body, answer.Body));
    }

    [Fact]
    public async Task The_policy_holds_the_grace_time()
    {
        await using var world = await RestWorld.StartAsync();

        var before = await world.GetAsync("/v1/cluster/policy");
        var put = await world.PutAsync("/v1/cluster/policy", """{"endpoint_rebind_propagation_grace_time": 3, "default_shards_placement": "sparse"}""");
        var after = await world.GetAsync("/v1/cluster/policy");

        Assert.Equal(15, (int)before.Body!["endpoint_rebind_propagation_grace_time"]!);
        Assert.Equal(200, put.Status);
        Assert.Equal(3, (int)after.Body!["endpoint_rebind_propagation_grace_time"]!);
        Assert.Equal("sparse", (string)after.Body["default_shards_placement"]!);
        Assert.Equal(3, world.Controller.State.Settings.EndpointRebindGraceSeconds);
    }

    [Fact]
    public async Task The_health_check_needs_no_credentials()
    {
        await using var world = await RestWorld.StartAsync();
        world.Http.DefaultRequestHeaders.Authorization = null;

        var answer = await world.GetAsync("/v1/local/node/master_healthcheck");

        Assert.Equal((200, """{"status":"active"}"""), (answer.Status, answer.Body!.ToJsonString()));
    }
}
