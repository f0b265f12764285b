using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;
using Baton.Server.Engines;
using Xunit;

namespace Baton.Server.Tests.Rest;

public sealed class DatabasesResourceTests
{
    [Fact]
    public async Task Snapshots_are_refused_by_name()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.PostAsync("/v1/bdbs", """{"name": "db2", "memory_size": 1048576, "data_persistence": "snapshot"}""");

        Assert.Equal((406, "invalid_data_persistence"), (answer.Status, answer.Code));
        Assert.Equal("data_persistence", answer.Body!["field"]!.GetValue<string>());
    }

    [Fact]
    public async Task Get_shows_the_database_with_the_documented_types()
    {
        await using var world = await RestWorld.StartAsync();

        var database = (await world.GetAsync("/v1/bdbs/1")).Body!;

        Assert.Equal(1, (int)database["uid"]!);
        Assert.Equal(("db1", "active", "redis"), ((string)database["name"]!, (string)database["status"]!, (string)database["type"]!));
        Assert.Equal((12000, 2, 1L << 30), ((int)database["port"]!, (int)database["shards_count"]!, (long)database["memory_size"]!));
        Assert.Equal("[1,2,3,4]", database["shard_list"]!.ToJsonString());
        Assert.True((bool)database["replication"]! && (bool)database["sharding"]!);
        var endpoint = Assert.Single(database["endpoints"]!.AsArray())!;
        Assert.Equal(("1:1", "redis-12000.cluster.test", "internal"), ((string)endpoint["uid"]!, (string)endpoint["dns_name"]!, (string)endpoint["addr_type"]!));
        Assert.Equal("""["127.0.0.11"]""", endpoint["addr"]!.ToJsonString());
        Assert.Equal(200, (int)database["max_client_pipeline"]!);
    }

    [Fact]
    public async Task Endpoint_addresses_are_the_nodes_that_are_bound_now()
    {
        await using var world = await RestWorld.StartAsync();
        var state = world.Controller.State;
        world.Controller.State = state with { Databases = state.Databases.SetItem(1, state.Databases[1] with { BoundNodes = [2, 3] }) };

        var database = (await world.GetAsync("/v1/bdbs/1")).Body!;
        var rows = (await world.GetAsync("/v1/endpoints")).Body!.AsArray();

        Assert.Equal("""["127.0.0.12","127.0.0.13"]""", database["endpoints"]![0]!["addr"]!.ToJsonString());
        Assert.Equal(["2", "3"], rows.Select(row => (string)row!["node_uid"]!));
    }

    [Fact]
    public async Task External_addresses_are_an_endpoint_of_their_own()
    {
        await using var world = await RestWorld.StartAsync();
        var state = world.Controller.State;
        world.Controller.State = state with { Nodes = state.Nodes.SetItem(1, state.Nodes[1] with { ExternalAddresses = ["203.0.113.1"] }) };

        var endpoints = (await world.GetAsync("/v1/bdbs/1")).Body!["endpoints"]!.AsArray();

        Assert.Equal(["internal", "external"], endpoints.Select(endpoint => (string)endpoint!["addr_type"]!));
        Assert.Equal("203.0.113.1", (string)endpoints[1]!["addr"]![0]!);
    }

    [Fact]
    public async Task Fields_can_be_chosen()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.GetAsync("/v1/bdbs?fields=uid,name");

        Assert.Equal("""[{"uid":1,"name":"db1"}]""", answer.Body!.ToJsonString());
    }

    [Fact]
    public async Task Create_answers_at_once_with_a_pending_database_and_its_action()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.PostAsync("/v1/bdbs", """{"name": "second", "memory_size": 104857600, "port": 12001}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal((2, "pending", 12001), ((int)answer.Body!["uid"]!, (string)answer.Body["status"]!, (int)answer.Body["port"]!));
        var action = await world.GetAsync($"/v1/actions/{answer.Body["action_uid"]}");
        Assert.Equal((200, "active"), (action.Status, (string)action.Body!["status"]!));
    }

    [Fact]
    public async Task Create_understands_every_field_it_documents()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.PostAsync("/v1/bdbs", """
            {
              "name": "second", "port": 0, "memory_size": 1073741824, "replication": true, "sharding": true, "shards_count": 3,
              "shards_placement": "sparse", "proxy_policy": "all-master-shards", "authentication_redis_pass": "pw",
              "eviction_policy": "allkeys-lru", "data_persistence": "aof", "aof_policy": "appendfsync-always",
              "shard_key_regex": [{"regex": ".*\\{(?<tag>.*)\\}.*"}, {"regex": "(?<tag>.*)"}],
              "oss_cluster": false, "tags": [{"key": "a", "value": "b"}], "max_connections": 9, "type": "redis", "module_list": []
            }
            """);

        Assert.Equal(200, answer.Status);
        var asked = Assert.IsType<CreateDatabase>(Assert.Single(world.Controller.Requests));
        Assert.Equal(
            (true, 3, ShardsPlacement.Sparse, ProxyPolicy.AllMasterShards, "pw", "allkeys-lru", "always"),
            (asked.Replication, asked.ShardsCount, asked.Placement, asked.ProxyPolicy, asked.Password, asked.EvictionPolicy, asked.Persistence));
        var shown = (await world.GetAsync("/v1/bdbs/2")).Body!;
        Assert.Equal(9, (int)shown["max_connections"]!);
        Assert.Equal("b", (string)shown["tags"]![0]!["value"]!);
        Assert.Equal("(?<tag>.*)", (string)shown["shard_key_regex"]![1]!["regex"]!);
        Assert.Equal(("aof", "appendfsync-always"), ((string)shown["data_persistence"]!, (string)shown["aof_policy"]!));
    }

    [Theory]
    [InlineData("""{"memory_size": 1000000}""", 406, "missing_db_name", "name")]
    [InlineData("""{"name": "a"}""", 406, "missing_memory_size", "memory_size")]
    [InlineData("""{"name": "a", "memory_size": "big"}""", 400, "invalid_type", "memory_size")]
    [InlineData("""{"name": "a", "memory_size": 104857600, "port": 12000}""", 406, "port_unavailable", "port")]
    [InlineData("""{"name": "a", "memory_size": 104857600, "replication": 1}""", 400, "invalid_type", "replication")]
    [InlineData("""{"name": "a", "memory_size": 104857600, "engine": "garnet", "replication": true}""", 406, "invalid_replication", "replication")]
    [InlineData("""{"name": "a", "memory_size": 104857600, "proxy_policy": "none"}""", 406, "invalid_proxy_policy", "proxy_policy")]
    [InlineData("""{"name": "a", "memory_size": 104857600, "oss_cluster": true}""", 406, "invalid_oss_cluster_configuration", "oss_cluster")]
    [InlineData("""{"name": "a", "memory_size": 104857600, "module_list": [{"module_name": "bf"}]}""", 406, "missing_module", "module_list")]
    [InlineData("""{"name": "a", "memory_size": 104857600, "tls_mode": "enabled"}""", 406, "not_supported", "tls_mode")]
    [InlineData("""{"name": "a", "memory_size": 104857600, "shard_key_regex": "x"}""", 400, "invalid_type", "shard_key_regex")]
    [InlineData("""{"name": "a", "memory_size": 104857600, "shard_key_regex": [{"regex": "user:(?<tag>.*)"}]}""", 406, "invalid_sharding", "shard_key_regex")]
    [InlineData("""{"name": "a", "memory_size": 104857600, "shardcount": 2}""", 400, "unknown_field", "shardcount")]
    [InlineData("""{"name": "a", "memory_size": 104857600, "uid": 1}""", 409, "uid_exists", "uid")]
    public async Task A_wrong_database_is_refused_by_code_and_field(string body, int status, string code, string field)
    {
        await using var world = await RestWorld.StartAsync();
        var before = world.Controller.State;

        var answer = await world.PostAsync("/v1/bdbs", body);

        Assert.Equal((status, code, field), (answer.Status, answer.Code, answer.Field));
        Assert.Equal(before.Databases.Count, world.Controller.State.Databases.Count);
    }

    [Fact]
    public async Task A_dry_run_creates_nothing()
    {
        await using var world = await RestWorld.StartAsync();

        var good = await world.PostAsync("/v1/bdbs?dry_run", """{"name": "a", "memory_size": 104857600}""");
        var bad = await world.PostAsync("/v1/bdbs?dry_run", """{"name": "a", "memory_size": 104857600, "port": 12000}""");

        Assert.Equal((200, 406), (good.Status, bad.Status));
        Assert.Single(world.Controller.State.Databases);
    }

    [Theory]
    [InlineData("""{"proxy_policy": "single", "endpoint": "1:1"}""")]
    [InlineData("""{"proxy_policy": "all-nodes"}""")]
    [InlineData("""{"endpoint": "1:1", "proxy_policy": "all-nodes", "exclude_proxies": ["2"]}""")]
    [InlineData("""{"endpoint": "1:1", "include_proxies": [3]}""")]
    public async Task A_rebind_answers_with_its_action(string body)
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.PutAsync("/v1/bdbs/1", body);

        Assert.Equal(200, answer.Status);
        Assert.NotEmpty((string)answer.Body!["action_uid"]!);
        var action = await world.GetAsync($"/v1/actions/{answer.Body["action_uid"]}");
        Assert.Equal("bind", (string)action.Body!["name"]!);
    }

    [Fact]
    public async Task A_busy_database_is_refused()
    {
        await using var world = await RestWorld.StartAsync();
        await world.PostAsync("/v1/shards/actions/migrate", """{"shard_uids": ["1"], "target_node_uid": 3}""");

        var rebind = await world.PutAsync("/v1/bdbs/1", """{"proxy_policy": "all-nodes"}""");
        var delete = await world.SendAsync(HttpMethod.Delete, "/v1/bdbs/1", null);

        Assert.Equal((409, "db_busy"), (rebind.Status, rebind.Code));
        Assert.Equal((409, "db_busy"), (delete.Status, delete.Code));
        Assert.Equal("active-change-pending", (string)(await world.GetAsync("/v1/bdbs/1")).Body!["status"]!);
    }

    [Fact]
    public async Task What_cannot_be_changed_may_be_given_as_it_is_and_is_named_otherwise()
    {
        await using var world = await RestWorld.StartAsync();

        var same = await world.PutAsync("/v1/bdbs/1", """{"shards_count": 2, "max_connections": 5}""");
        var other = await world.PutAsync("/v1/bdbs/1", """{"shards_count": 4}""");

        Assert.Equal(200, same.Status);
        Assert.Equal(5, (int)same.Body!["max_connections"]!);
        Assert.Equal((406, "read_only_field", "shards_count"), (other.Status, other.Code, other.Field));
    }

    [Fact]
    public async Task Delete_answers_delete_pending()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.SendAsync(HttpMethod.Delete, "/v1/bdbs/1", null);

        Assert.Equal((200, "delete-pending"), (answer.Status, (string)answer.Body!["status"]!));
        Assert.NotEmpty((string)answer.Body["action_uid"]!);
    }

    [Theory]
    [InlineData("/v1/bdbs/9")]
    [InlineData("/v1/bdbs/99999999999999999999")]
    [InlineData("/v1/bdbs/one")]
    [InlineData("/v1/bdbs/-1")]
    public async Task An_unknown_database_is_not_found(string path)
    {
        await using var world = await RestWorld.StartAsync();

        var get = await world.GetAsync(path);
        var put = await world.PutAsync(path, "{}");
        var delete = await world.SendAsync(HttpMethod.Delete, path, null);

        Assert.Equal((404, "db_not_exist"), (get.Status, get.Code));
        Assert.Equal((404, 404), (put.Status, delete.Status));
    }

    [Fact]
    public async Task Availability_is_200_without_a_body_or_503_and_why()
    {
        await using var world = await RestWorld.StartAsync();

        var up = await world.GetAsync("/v1/bdbs/1/availability");
        world.Controller.Probe = (_, _) => Task.FromResult<EngineHealth?>(null);
        var down = await world.GetAsync("/v1/bdbs/1/availability");

        Assert.Equal((200, null), (up.Status, up.Body));
        Assert.Equal((503, "bdb_unavailable"), (down.Status, down.Code));
    }

    [Fact]
    public async Task A_password_is_shown_once_in_the_answer_of_its_creation()
    {
        await using var world = await RestWorld.StartAsync();

        var made = await world.PostAsync("/v1/bdbs", """
            {"name": "second", "memory_size": 104857600, "authentication_redis_pass": "open sesame", "authentication_admin_pass": "boss",
             "backup_location": {"type": "s3", "bucket_name": "b", "access_key_id": "AK", "secret_access_key": "hidden key"}}
            """);

        Assert.Equal("open sesame", (string)made.Body!["authentication_redis_pass"]!);
        foreach (var read in new[] { "/v1/bdbs", "/v1/bdbs/2", "/v1/bdbs?fields=name,authentication_redis_pass,backup_location" })
        {
            var text = (await world.GetAsync(read)).Body!.ToJsonString();
            Assert.DoesNotContain("open sesame", text, StringComparison.Ordinal);
            Assert.DoesNotContain("boss", text, StringComparison.Ordinal);
            Assert.DoesNotContain("hidden key", text, StringComparison.Ordinal);
            Assert.Contains("********", text, StringComparison.Ordinal);
        }

        Assert.Equal("b", (string)(await world.GetAsync("/v1/bdbs/2")).Body!["backup_location"]!["bucket_name"]!);
    }

    [Fact]
    public async Task An_object_put_back_as_it_was_read_changes_no_secret()
    {
        await using var world = await RestWorld.StartAsync();
        await world.PutAsync("/v1/bdbs/1", """{"authentication_admin_pass": "boss"}""");

        var read = (await world.GetAsync("/v1/bdbs/1")).Body!.AsObject();
        read.Remove("endpoints");
        read["name"] = "renamed";
        var answer = await world.PutAsync("/v1/bdbs/1", read.ToJsonString());

        Assert.Equal((200, "renamed"), (answer.Status, (string)answer.Body!["name"]!));
        var kept = world.Controller.State.Databases[1];
        Assert.Equal(("secret", "\"boss\""), (kept.Password, kept.Extra["authentication_admin_pass"]));
    }

    [Fact]
    public async Task The_mask_is_no_password()
    {
        await using var world = await RestWorld.StartAsync();
        await world.PutAsync("/v1/bdbs/1", """{"authentication_redis_pass": ""}""");

        var create = await world.PostAsync("/v1/bdbs", """{"name": "a", "memory_size": 104857600, "authentication_redis_pass": "********"}""");
        var update = await world.PutAsync("/v1/bdbs/1", """{"authentication_redis_pass": "********"}""");

        Assert.Equal((400, "authentication_redis_pass"), (create.Status, create.Field));
        Assert.Equal((400, "authentication_redis_pass"), (update.Status, update.Field));
        Assert.Null(world.Controller.State.Databases[1].Password);
    }

    [Fact]
    public async Task While_the_endpoint_moves_only_the_new_place_is_shown_to_connect_to()
    {
        await using var world = await RestWorld.StartAsync();
        Assert.Null((await world.GetAsync("/v1/bdbs/1")).Body!["action_uid"]);

        var bind = await world.PutAsync("/v1/bdbs/1", """{"proxy_policy": "single", "target_node_uid": 3}""");
        world.Controller.Step(new ListenerOpened(world.Controller.State.Operations.Keys.Max(), 1, 3));

        var database = (await world.GetAsync("/v1/bdbs/1")).Body!;
        Assert.Equal([1, 3], world.Controller.State.Databases[1].BoundNodes);
        Assert.Equal("""["127.0.0.13"]""", database["endpoints"]![0]!["addr"]!.ToJsonString());
        Assert.Equal([false, true], database["endpoints"]![0]!["bound"]!.AsArray().Select(bound => (bool)bound!["serving"]!));
        Assert.Equal(["3"], (await world.GetAsync("/v1/endpoints")).Body!.AsArray().Select(row => (string)row!["node_uid"]!));
        Assert.Equal((string)bind.Body!["action_uid"]!, (string)database["action_uid"]!);
        world.FinishEverything();
        Assert.Null((await world.GetAsync("/v1/bdbs/1")).Body!["action_uid"]);
    }
}
