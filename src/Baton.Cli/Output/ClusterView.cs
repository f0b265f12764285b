using System.Text.Json.Nodes;
using Baton.Cli.Api;

namespace Baton.Cli.Output;

/// <summary>What <c>baton status</c> shows, as the API gave it.</summary>
internal sealed record ClusterView(JsonArray Nodes, JsonNode NodeStatus, JsonArray Databases, JsonArray Endpoints, JsonArray Shards)
{
    /// <summary>What an operator should know and mend.</summary>
    public JsonArray Alarms { get; init; } = [];

    public static async Task<ClusterView> ReadAsync(BatonApi api, CancellationToken cancellationToken) => new(
        (await api.GetAsync("/v1/nodes", cancellationToken).ConfigureAwait(false)).AsArray(),
        await api.GetAsync("/v1/nodes/status", cancellationToken).ConfigureAwait(false),
        (await api.GetAsync("/v1/bdbs", cancellationToken).ConfigureAwait(false)).AsArray(),
        (await api.GetAsync("/v1/endpoints", cancellationToken).ConfigureAwait(false)).AsArray(),
        (await api.GetAsync("/v1/shards", cancellationToken).ConfigureAwait(false)).AsArray())
    {
        Alarms = (await api.GetAsync("/v1/cluster", cancellationToken).ConfigureAwait(false))["alarms"]?.AsArray() ?? [],
    };

    public JsonObject ToJson() => new()
    {
        ["nodes"] = Nodes.DeepClone(),
        ["nodes_status"] = NodeStatus.DeepClone(),
        ["databases"] = Secrets.Redact(Databases.DeepClone()),
        ["endpoints"] = Endpoints.DeepClone(),
        ["shards"] = Shards.DeepClone(),
        ["alarms"] = Alarms.DeepClone(),
    };
}
