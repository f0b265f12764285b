using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Baton.Cluster.Model;

namespace Baton.Server.Rest;

/// <summary>The database (bdb) object.</summary>
internal static class DatabaseJson
{
    /// <summary>The rules that are in force when none are given: the key's hash tag, else the whole key.</summary>
    public static readonly string[] StandardRules = [@".*\{(?<tag>.*)\}.*", "(?<tag>.*)"];

    /// <summary>As it is now.</summary>
    public static JsonObject Render(ClusterState state, DatabaseState database)
    {
        var body = new JsonObject
        {
            ["uid"] = database.Uid,
            ["name"] = database.Name,
            ["status"] = RestNames.Of(database.Status),
            ["action_uid"] = state.RunningOperationOf(database.Uid)?.ActionUid,
            ["engine"] = database.Engine,
            ["memory_size"] = database.MemorySize,
            ["port"] = database.Port,
            ["endpoints"] = Endpoints(state, database),
            ["proxy_policy"] = RestNames.Of(database.ProxyPolicy),
            ["replication"] = database.Replication,
            ["sharding"] = database.Sharding,
            ["shards_count"] = database.ShardsCount,
            ["shards_placement"] = RestNames.Of(database.Placement),
            ["shard_list"] = new JsonArray(
                [.. state.Shards.Values.Where(shard => shard.DatabaseUid == database.Uid).Select(shard => JsonValue.Create(shard.Uid))]),
            ["shard_key_regex"] = Rules(database),
            ["authentication_redis_pass"] = Secrets.Show(database.Password),
            ["data_persistence"] = database.Persistence == "none" ? "disabled" : "aof",
            ["aof_policy"] = database.Persistence == "always" ? "appendfsync-always" : "appendfsync-every-sec",
            ["eviction_policy"] = database.EvictionPolicy,
            ["created_time"] = RestNames.Of(database.CreatedTime),
            ["last_changed_time"] = RestNames.Of(database.LastChangedTime),
        };
        KeptFields.Show(body, DocumentedFields.Database, database.Extra);
        return body;
    }

    private static JsonArray Rules(DatabaseState database)
    {
        IEnumerable<string> rules = database.Sharding && database.ShardKeyRegex.IsEmpty ? StandardRules : database.ShardKeyRegex;
        return new JsonArray([.. rules.Select(rule => new JsonObject { ["regex"] = rule })]);
    }

    /// <summary>One object per kind of address; external ones only where a bound node has any.</summary>
    private static JsonArray Endpoints(ClusterState state, DatabaseState database)
    {
        var serving = state.ServingNodesOf(database);
        NodeState[] nodes = [.. database.BoundNodes.Where(state.Nodes.ContainsKey).Select(uid => state.Nodes[uid])];
        var endpoints = new JsonArray(Endpoint(state, database, nodes, serving, "internal", node => node.Address));
        if (nodes.Any(node => !node.ExternalAddresses.IsEmpty))
        {
            endpoints.Add(Endpoint(
                state, database, nodes, serving, "external", node => node.ExternalAddresses.IsEmpty ? node.Address : node.ExternalAddresses[0]));
        }

        return endpoints;
    }

    /// <summary><c>addr</c> is where to connect now; <c>bound</c>, an extension, has those that are about to be closed too, and says so.</summary>
    private static JsonObject Endpoint(
        ClusterState state, DatabaseState database, NodeState[] nodes, ImmutableSortedSet<int> serving, string type,
        Func<NodeState, string> address) => new()
        {
            ["uid"] = database.EndpointUid,
            ["dns_name"] = $"redis-{database.Port}.{state.Settings.Name}",
            ["port"] = database.Port,
            ["addr"] = new JsonArray([.. nodes.Where(node => serving.Contains(node.Uid)).Select(address).Select(text => JsonValue.Create(text))]),
            ["addr_type"] = type,
            ["proxy_policy"] = RestNames.Of(database.ProxyPolicy),
            ["include_proxies"] = Uids(database.IncludeProxies),
            ["exclude_proxies"] = Uids(database.ExcludeProxies),
            ["oss_cluster_api_preferred_ip_type"] = "internal",
            ["oss_cluster_api_preferred_endpoint_type"] = "ip",
            ["bound"] = new JsonArray([.. nodes.Select(node => new JsonObject
            {
                ["node_uid"] = RestNames.Of(node.Uid), ["addr"] = address(node), ["port"] = database.Port + node.PortOffset,
                ["serving"] = serving.Contains(node.Uid),
            })]),
        };

    private static JsonArray Uids(IEnumerable<int> uids) => new([.. uids.Select(uid => JsonValue.Create(RestNames.Of(uid)))]);
}
