using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Baton.Cli.Api;

namespace Baton.Cli.Demo.Operations;

/// <summary>The database the load runs on, as the REST API shows and changes it. Thread-safe.</summary>
/// <param name="api">The API.</param>
/// <param name="uid">The database's uid.</param>
/// <param name="time">Clock.</param>
internal sealed class DemoDatabase(BatonApi api, int uid, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Clock.</summary>
    public TimeProvider Time => time;

    /// <summary>The API, for what is not this database's.</summary>
    public BatonApi Api => api;

    /// <summary>A shard as far as placing is concerned.</summary>
    internal sealed record Shard(int Uid, bool IsMaster, string Slots, int Node);

    /// <summary>Uids of all nodes.</summary>
    public async Task<IReadOnlyList<int>> NodesAsync(CancellationToken cancellationToken) =>
        [.. (await api.GetAsync("/v1/nodes", cancellationToken)).AsArray().Select(node => Number(node!["uid"]))];

    /// <summary>Its shards, masters and replicas.</summary>
    public async Task<IReadOnlyList<Shard>> ShardsAsync(CancellationToken cancellationToken) =>
    [
        .. (await api.GetAsync("/v1/shards", cancellationToken)).AsArray()
            .Where(shard => Number(shard!["bdb_uid"]) == uid)
            .Select(shard => new Shard(
                Number(shard!["uid"]), (string)shard["role"]! == "master", (string)shard["assigned_slots"]!, Number(shard["node_uid"]))),
    ];

    /// <summary>Where its proxies listen now, by node.</summary>
    public async Task<IReadOnlyList<(int Node, IPEndPoint Endpoint)>> BoundAsync(CancellationToken cancellationToken)
    {
        var database = await api.GetAsync($"/v1/bdbs/{uid}", cancellationToken);
        return
        [
            .. database["endpoints"]![0]!["bound"]!.AsArray().Select(bound => (
                Number(bound!["node_uid"]), new IPEndPoint(IPAddress.Parse((string)bound["addr"]!), Number(bound["port"])))),
        ];
    }

    /// <summary>Its status: <c>active</c>, <c>active-change-pending</c> ...</summary>
    public async Task<string> StatusAsync(CancellationToken cancellationToken) =>
        (string)(await api.GetAsync($"/v1/bdbs/{uid}", cancellationToken))["status"]!;

    /// <summary>Starts a migrate; returns the action's uid.</summary>
    public async Task<string?> MigrateAsync(IEnumerable<int> shards, int node, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["shard_uids"] = Texts(shards), ["target_node_uid"] = node };
        return Action(await api.PostAsync("/v1/shards/actions/migrate", body, cancellationToken));
    }

    /// <summary>Starts a failover; returns the action's uid.</summary>
    public async Task<string?> FailoverAsync(IEnumerable<int> shards, CancellationToken cancellationToken) => Action(
        await api.PostAsync("/v1/shards/actions/failover", new JsonObject { ["shard_uids"] = Texts(shards) }, cancellationToken));

    /// <summary>Starts a bind; returns the action's uid.</summary>
    /// <param name="policy"><c>single</c>, <c>all-nodes</c>, <c>all-master-shards</c>.</param>
    /// <param name="node">For single: which node; null = where the masters are.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> BindAsync(string policy, int? node, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["proxy_policy"] = policy, ["endpoint"] = $"{uid}:1" };
        if (node is not null)
        {
            body["target_node_uid"] = node;
        }

        return Action(await api.PutAsync($"/v1/bdbs/{uid}", body, cancellationToken));
    }

    /// <summary>Waits until its status is this one.</summary>
    /// <exception cref="ApiException">It cannot become so any more.</exception>
    public async Task WaitForStatusAsync(string status, CancellationToken cancellationToken)
    {
        string now;
        while ((now = await StatusAsync(cancellationToken)) != status)
        {
            if (now == "creation-failed")
            {
                throw new ApiException($"database {uid} is {now}");
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>Deletes it and waits until it is gone.</summary>
    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        await api.DeleteAsync($"/v1/bdbs/{uid}", cancellationToken);
        try
        {
            while (true)
            {
                await StatusAsync(cancellationToken);
                await Task.Delay(Poll, time, cancellationToken);
            }
        }
        catch (ApiException e) when (e.Status == (int)HttpStatusCode.NotFound)
        {
            // Gone.
        }
    }

    private static JsonArray Texts(IEnumerable<int> uids) =>
        new([.. uids.Select(shard => JsonValue.Create(shard.ToString(CultureInfo.InvariantCulture)))]);

    private static string? Action(JsonNode reply) => (string?)reply["action_uid"];

    // The API's own mixture: a database's uid is a number, a shard's and a node's often a string.
    private static int Number(JsonNode? value) => int.Parse(value!.ToString(), CultureInfo.InvariantCulture);
}
