using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace Baton.Server.Tests.Rest;

/// <summary>
/// Well-formed bodies with real field names and values of any kind: what is wrong is named by field, and nothing is half applied.
/// <c>BATON_REST_SEED</c> replays one seed.
/// </summary>
public sealed class RandomFieldsTests
{
    private const int Seeds = 12;
    private const int RequestsPerSeed = 60;

    private static readonly (HttpMethod Method, string Path)[] Targets =
    [
        (HttpMethod.Put, "/v1/cluster"), (HttpMethod.Put, "/v1/cluster/policy"), (HttpMethod.Post, "/v1/bdbs"), (HttpMethod.Put, "/v1/bdbs/1"),
        (HttpMethod.Post, "/v1/shards/actions/migrate"), (HttpMethod.Post, "/v1/shards/1/actions/migrate"),
        (HttpMethod.Post, "/v1/shards/actions/failover"), (HttpMethod.Post, "/v1/shards/1/actions/failover"),
        (HttpMethod.Post, "/v1/users/authorize"),
    ];

    private static readonly string[] Names =
    [
        "client_maint_notifications", "state_machine_smart_client_handoffs_delay_ms", "default_sharded_proxy_policy", "name", "cm_port",
        "endpoint_rebind_propagation_grace_time", "hold_limit_ms", "master_stall_limit_ms", "default_shards_placement", "port", "memory_size",
        "replication", "sharding", "shards_count", "shards_placement", "proxy_policy", "shard_key_regex", "authentication_redis_pass",
        "eviction_policy", "data_persistence", "aof_policy", "endpoint", "include_proxies", "exclude_proxies", "target_node_uid", "shard_uids",
        "preserve_roles", "dry_run", "override_rack_policy", "force_rebind", "dead_uids", "uid", "engine", "tags", "module_list", "oss_cluster",
        "shards_blueprint", "ttl", "no such field", "",
    ];

    [Fact]
    public async Task Wrong_fields_are_named_and_nothing_is_half_applied()
    {
        int? wanted = Environment.GetEnvironmentVariable("BATON_REST_SEED") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
        HashSet<int> statuses = [];
        foreach (int seed in wanted is { } one ? [one] : Enumerable.Range(1, Seeds))
        {
            await using var world = await RestWorld.StartAsync();
            Random random = new(seed);
            for (int i = 0; i < RequestsPerSeed; i++)
            {
                statuses.Add(await SendOneAsync(world, random, seed));
            }
        }

        // Worth something only if requests are refused for several reasons, and some are taken.
        Assert.True(wanted is not null || new[] { 200, 400, 404, 406 }.All(statuses.Contains), string.Join(' ', statuses));
    }

    private static async Task<int> SendOneAsync(RestWorld world, Random random, int seed)
    {
        var (method, path) = Targets[random.Next(Targets.Length)];
        var dryRun = random.Next(4) == 0;
        JsonObject body = [];
        for (int count = random.Next(6); count >= 0; count--)
        {
            body[Names[random.Next(Names.Length)]] = Value(random, depth: 0);
        }

        var before = world.Controller.State;
        var answer = await world.SendAsync(
            method, dryRun ? $"{path}?dry_run" : path, new StringContent(body.ToJsonString(), null, "application/json"));
        var what = $"seed {seed}: {method} {path} {body.ToJsonString()} -> {answer.Status} {answer.Body?.ToJsonString()}";
        Assert.True(answer.Status is 200 or 400 or 404 or 406 or 409, what);
        if (answer.Status != 200)
        {
            Assert.True(answer.Code is { Length: > 0 }, what);
            Assert.False(string.IsNullOrEmpty(answer.Body!["message"]?.GetValue<string>()), what);
            Assert.False(string.IsNullOrEmpty(answer.Body["description"]?.GetValue<string>()), what);
            Assert.True(ReferenceEquals(before, world.Controller.State), what);
        }
        else
        {
            Assert.True(!dryRun || ReferenceEquals(before, world.Controller.State), what);
            world.FinishEverything();
        }

        return answer.Status;
    }

    private static JsonNode? Value(Random random, int depth) => random.Next(depth > 2 ? 9 : 12) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(-2, 20),
        3 => (long)random.Next() << random.Next(32),
        4 => random.NextDouble() * 1e18,
        5 => "",
        6 => new[] { "single", "all-nodes", "dense", "sparse", "1:1", "aof", "snapshot", "noeviction", "redis", "db", "1", "99" }[random.Next(12)],
        7 => new string('x', random.Next(2000)),
        8 => "\u0000\u007f\u20ac\ud83d\ude00",
        9 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1))]),
        10 => new JsonArray(JsonValue.Create(1 + random.Next(4))),
        _ => new JsonObject { [Names[random.Next(Names.Length)]] = Value(random, depth + 1) },
    };
}
