using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Baton.Cluster.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baton.Server.Rest;

/// <summary>
/// <c>/v1/nodes</c>: the nodes and what they are made of. All run in this process, so the machine's figures are the same for each.
/// </summary>
internal sealed class NodesResource(RestServices services)
{
    private const int MaxListeners = 100;
    private const int MaxServers = 100;

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(RestRoutes.Nodes, (RequestDelegate)ListAsync);
        app.MapGet(RestRoutes.Node, (RequestDelegate)GetAsync);
        app.MapGet(RestRoutes.NodesStatus, (RequestDelegate)ListStatusAsync);
        app.MapGet(RestRoutes.NodeStatus, (RequestDelegate)GetStatusAsync);
    }

    private static JsonObject RenderStatus(ClusterState state, NodeState node)
    {
        var memory = GC.GetGCMemoryInfo();
        return new JsonObject
        {
            ["cores"] = Environment.ProcessorCount,
            ["free_ram"] = Math.Max(0, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes),
            ["hostname"] = $"node{node.Uid}.{state.Settings.Name}",
            ["master_shards"] = Shards(state, node, ShardRole.Master),
            ["slave_shards"] = Shards(state, node, ShardRole.Replica),
            ["node_status"] = "active",
            ["role"] = node.Uid == state.Nodes.Keys.First() ? "master" : "slave",
            ["software_version"] = RestServices.Version,
            ["total_memory"] = memory.TotalAvailableMemoryBytes,
        };
    }

    private static JsonArray Shards(ClusterState state, NodeState node, ShardRole role) =>
        new([.. state.Shards.Values.Where(shard => shard.NodeUid == node.Uid && shard.Role == role)
            .Select(shard => JsonValue.Create(shard.Uid))]);

    private static NodeState Find(ClusterState state, HttpContext context) =>
        state.Nodes.GetValueOrDefault(RestQuery.Uid(context))
        ?? throw RestException.NotFound("node_not_found", $"There is no node {JsonBody.Shorten(RestQuery.Text(context))}.");

    private JsonObject Render(ClusterState state, NodeState node)
    {
        int[] shards = [.. state.Shards.Values.Where(shard => shard.NodeUid == node.Uid).Select(shard => shard.Uid)];
        return new JsonObject
        {
            ["uid"] = node.Uid,
            ["addr"] = node.Address,
            ["external_addr"] = new JsonArray([.. node.ExternalAddresses.Select(address => JsonValue.Create(address))]),
            ["port_offset"] = node.PortOffset,
            ["status"] = "active",
            ["accept_servers"] = node.AcceptServers,
            ["shard_count"] = shards.Length,
            ["shard_list"] = new JsonArray([.. shards.Select(uid => JsonValue.Create(uid))]),
            ["max_listeners"] = MaxListeners,
            ["max_redis_servers"] = MaxServers,
            ["rack_id"] = string.Empty,
            ["cores"] = Environment.ProcessorCount,
            ["total_memory"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            ["architecture"] = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant(),
            ["os_version"] = RuntimeInformation.OSDescription,
            ["software_version"] = RestServices.Version,
            ["supported_database_versions"] = new JsonArray(),
            ["system_time"] = RestNames.Of(services.Clock.GetUtcNow()),
            ["uptime"] = (long)services.Clock.GetElapsedTime(services.StartedAt).TotalSeconds,
        };
    }

    private Task ListAsync(HttpContext context)
    {
        var state = services.Controller.State;
        return RestReply.JsonAsync(
            context, new JsonArray([.. state.Nodes.Values.Select(node => RestQuery.Select(context, Render(state, node)))]));
    }

    private Task GetAsync(HttpContext context)
    {
        var state = services.Controller.State;
        return RestReply.JsonAsync(context, RestQuery.Select(context, Render(state, Find(state, context))));
    }

    private Task ListStatusAsync(HttpContext context)
    {
        var state = services.Controller.State;
        var all = new JsonObject();
        foreach (var node in state.Nodes.Values)
        {
            all[node.Uid.ToString(CultureInfo.InvariantCulture)] = RenderStatus(state, node);
        }

        return RestReply.JsonAsync(context, all);
    }

    private Task GetStatusAsync(HttpContext context)
    {
        var state = services.Controller.State;
        return RestReply.JsonAsync(context, RenderStatus(state, Find(state, context)));
    }
}
