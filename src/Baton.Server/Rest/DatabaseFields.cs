using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;

namespace Baton.Server.Rest;

/// <summary>Reads the fields of a database object out of a request.</summary>
internal static class DatabaseFields
{
    private const int MaxRules = 32;
    private const int MaxRuleLength = 256;
    private const long MaxMemory = 1L << 50;

    private static readonly string[] EvictionPolicies =
    [
        "noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
    ];

    private static readonly string[] Persistences = ["disabled", "snapshot", "aof"];
    private static readonly string[] AofPolicies = ["appendfsync-every-sec", "appendfsync-always"];
    private static readonly string[] Engines = ["garnet", "redis"];

    /// <summary>POST /v1/bdbs.</summary>
    /// <exception cref="RestException">Something is wrong with the fields.</exception>
    public static CreateDatabase ReadCreate(JsonElement body, ClusterSettings settings, bool dryRun)
    {
        var fields = new FieldReader(body);
        var name = Required(fields, body, "name", "missing_db_name", fields.Text("name"));
        var memory = Required(fields, body, "memory_size", "missing_memory_size", fields.Long("memory_size", 0, MaxMemory));
        var create = new CreateDatabase(dryRun)
        {
            Uid = fields.Integer("uid", 1),
            Name = name ?? string.Empty,
            MemorySize = memory ?? 0,
            Port = fields.Integer("port"),
            Replication = fields.Boolean("replication") ?? false,
            Sharding = fields.Boolean("sharding"),
            ShardsCount = fields.Integer("shards_count") ?? 1,
            Placement = (ShardsPlacement?)fields.Choice("shards_placement", RestNames.Placements)
                ?? (ClusterResource.DefaultPlacement(settings) == "sparse" ? ShardsPlacement.Sparse : ShardsPlacement.Dense),
            ProxyPolicy = Policy(fields),
            ShardKeyRegex = Rules(fields) ?? [],
            Password = Secrets.Read(fields, "authentication_redis_pass"),
            EvictionPolicy = Eviction(fields) ?? EvictionPolicies[0],
            Engine = fields.Choice("engine", Engines) is { } engine ? Engines[engine] : null,
            Persistence = Persistence(fields),
        };
        RefuseBlueprint(fields);
        create = create with { Extra = fields.Rest(DocumentedFields.Database, "the bdb object") };
        fields.ThrowIfWrong();
        return create;
    }

    /// <summary>PUT /v1/bdbs/{uid}. Fields that cannot be changed may be given as they are.</summary>
    /// <exception cref="RestException">Something is wrong with the fields.</exception>
    public static UpdateDatabase ReadUpdate(JsonElement body, int uid, JsonObject shown, bool dryRun)
    {
        var fields = new FieldReader(body);
        var update = new UpdateDatabase(uid, dryRun)
        {
            Name = fields.Text("name"),
            MemorySize = fields.Long("memory_size", 0, MaxMemory),
            Password = Secrets.Read(fields, "authentication_redis_pass", shown),
            EvictionPolicy = Eviction(fields),
            ProxyPolicy = Policy(fields),
            Endpoint = fields.Text("endpoint"),
            IncludeProxies = fields.Uids("include_proxies")?.ToImmutableSortedSet(),
            ExcludeProxies = fields.Uids("exclude_proxies")?.ToImmutableSortedSet(),
            TargetNodeUid = fields.Uid("target_node_uid"),
        };
        RefuseBlueprint(fields);
        update = update with { Extra = fields.Rest(DocumentedFields.Database, "the bdb object", shown) };
        fields.ThrowIfWrong();
        return update;
    }

    private static T? Required<T>(FieldReader fields, JsonElement body, string name, string code, T? value)
    {
        if (!body.TryGetProperty(name, out _))
        {
            fields.Fail(RequestErrorKind.NotAcceptable, code, $"\"{name}\" is missing.", name);
        }

        return value;
    }

    private static ProxyPolicy? Policy(FieldReader fields) =>
        (ProxyPolicy?)fields.Choice("proxy_policy", RestNames.ProxyPolicies, "invalid_proxy_policy");

    private static string? Eviction(FieldReader fields) =>
        fields.Choice("eviction_policy", EvictionPolicies, "eviction_policy_violation") is { } index ? EvictionPolicies[index] : null;

    /// <summary>
    /// Null when the request says nothing: the cluster's own. Snapshots are refused: a shard that has just moved would have none on disk
    /// until the next one is due, and a crash before that would lose what the old place had kept.
    /// </summary>
    private static string? Persistence(FieldReader fields)
    {
        var persistence = fields.Choice("data_persistence", Persistences);
        var policy = fields.Choice("aof_policy", AofPolicies);
        if (persistence is { } chosen && Persistences[chosen] == "snapshot")
        {
            fields.Fail(
                RequestErrorKind.NotAcceptable, "invalid_data_persistence",
                "\"data_persistence\" is \"snapshot\", which Baton does not do; use aof (with aof_policy) or disabled.", "data_persistence");
        }

        return (persistence, policy) switch
        {
            (0, _) => "none",
            (null, null) => null,
            (_, 1) => "always",
            _ => "everysec",
        };
    }

    private static void RefuseBlueprint(FieldReader fields)
    {
        if (fields.TryTake("shards_blueprint", out _))
        {
            fields.Fail(
                RequestErrorKind.NotAcceptable, "bad_shards_blueprint",
                "\"shards_blueprint\" is not supported; use shards_placement, and migrate for single shards.", "shards_blueprint");
        }
    }

    /// <summary>
    /// <c>[{"regex": ".*\\{(?&lt;tag&gt;.*)\\}.*"}, {"regex": "(?&lt;tag&gt;.*)"}]</c>, the documented standard, is what Baton does.
    /// </summary>
    private static ImmutableArray<string>? Rules(FieldReader fields)
    {
        if (!fields.TryTake("shard_key_regex", out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(rule => !IsRule(rule)))
        {
            fields.Fail(
                RequestErrorKind.Invalid, "invalid_type",
                    "\"shard_key_regex\" must be an array of objects {\"regex\": string}.", "shard_key_regex");
            return null;
        }

        ImmutableArray<string> rules = [.. value.EnumerateArray().Select(rule => rule.GetProperty("regex").GetString()!)];
        if (rules.Length > MaxRules || rules.Any(rule => rule.Length > MaxRuleLength))
        {
            Refuse($"\"shard_key_regex\" has more than {MaxRules} rules, or one of more than {MaxRuleLength} characters.");
        }
        else if (!rules.IsEmpty && !rules.Select(Compact).SequenceEqual(DatabaseJson.StandardRules))
        {
            Refuse($"\"shard_key_regex\": only the standard rules are supported: {string.Join(" and ", DatabaseJson.StandardRules)}.");
        }

        return rules;

        void Refuse(string message) => fields.Fail(RequestErrorKind.NotAcceptable, "invalid_sharding", message, "shard_key_regex");
    }

    private static bool IsRule(JsonElement rule) =>
        rule.ValueKind == JsonValueKind.Object && rule.TryGetProperty("regex", out var regex) && regex.ValueKind == JsonValueKind.String;

    // The documentation prints the group's name with blanks around it.
    private static string Compact(string rule) => rule.Replace(" ", string.Empty, StringComparison.Ordinal);
}
