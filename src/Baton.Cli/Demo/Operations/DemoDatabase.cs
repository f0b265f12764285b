using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Baton.Cli.Demo.Operations;

/// <summary>The database the load runs on, as the REST API shows and changes it. Thread-safe.</summary>
/// <param name="api">The API.</param>
/// <param name="uid">The database's uid.</param>
/// <param name="time">Clock.</param>
internal sealed class DemoDatabase(ClusterApi api, int uid, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Clock.</summary>
    public TimeProvider Time => time;

    /// <summary>The API, for what is not this database's.</summary>
    public ClusterApi Api => api;

    /// <summary>A shard as far as placing is concerned.</summary>
    internal sealed record Shard(int Uid, bool IsMaster, string Slots, int Node);

    /// <summary>Uids of all nodes.</summary>
    public async Task<IReadOnlyList<int>> NodesAsync(CancellationToken cancellationToken) =>
        [.. (await api.GetAsync("/v1/nodes", cancellationToken)).EnumerateArray().Select(node => node.GetProperty("uid").GetInt32())];

    /// <summary>Its shards, masters and replicas.</summary>
    public async Task<IReadOnlyList<Shard>> ShardsAsync(CancellationToken cancellationToken) =>
    [
        .. (await api.GetAsync("/v1/shards", cancellationToken)).EnumerateArray()
            .Where(shard => shard.GetProperty("bdb_uid").GetInt32() == uid)
            .Select(shard => new Shard(
                Number(shard.GetProperty("uid")),
                shard.GetProperty("role").GetString() == "master",
                shard.GetProperty("assigned_slots").GetString()!,
                Number(shard.GetProperty("node_uid")))),
    ];

    /// <summary>Where its proxies listen now, by node.</summary>
    public async Task<IReadOnlyList<(int Node, IPEndPoint Endpoint)>> BoundAsync(CancellationToken cancellationToken)
    {
        var database = await api.GetAsync($"/v1/bdbs/{uid}", cancellationToken);
        return
        [
            .. database.GetProperty("endpoints")[0].GetProperty("bound").EnumerateArray().Select(bound => (
                Number(bound.GetProperty("node_uid")),
                new IPEndPoint(IPAddress.Parse(bound.GetProperty("addr").GetString()!), bound.GetProperty("port").GetInt32()))),
        ];
    }

    /// <summary>Its status: <c>active</c>, <c>active-change-pending</c> ...</summary>
    public async Task<string> StatusAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync($"/v1/bdbs/{uid}", cancellationToken)).GetProperty("status").GetString()!;

    /// <summary>Starts a migrate; returns the action's uid.</summary>
    public Task<string?> MigrateAsync(IEnumerable<int> shards, int node, CancellationToken cancellationToken) => StartAsync(
        HttpMethod.Post, "/v1/shards/actions/migrate", new JsonObject { ["shard_uids"] = Texts(shards), ["target_node_uid"] = node }, cancellationToken);

    /// <summary>Starts a failover; returns the action's uid.</summary>
    public Task<string?> FailoverAsync(IEnumerable<int> shards, CancellationToken cancellationToken) => StartAsync(
        HttpMethod.Post, "/v1/shards/actions/failover", new JsonObject { ["shard_uids"] = Texts(shards) }, cancellationToken);

    /// <summary>Starts a bind; returns the action's uid.</summary>
    /// <param name="policy"><c>single</c>, <c>all-nodes</c>, <c>all-master-shards</c>.</param>
    /// <param name="node">For single: which node; null = where the masters are.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<string?> BindAsync(string policy, int? node, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["proxy_policy"] = policy, ["endpoint"] = $"{uid}:1" };
        if (node is not null)
        {
            body["target_node_uid"] = node;
        }

        return StartAsync(HttpMethod.Put, $"/v1/bdbs/{uid}", body, cancellationToken);
    }

    /// <summary>Waits until its status is this one.</summary>
    /// <exception cref="ClusterApiException">It cannot become so any more.</exception>
    public async Task WaitForStatusAsync(string status, CancellationToken cancellationToken)
    {
        string now;
        while ((now = await StatusAsync(cancellationToken)) != status)
        {
            if (now == "creation-failed")
            {
                throw new ClusterApiException($"database {uid} is {now}");
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>Deletes it and waits until it is gone.</summary>
    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        await api.SendAsync(HttpMethod.Delete, $"/v1/bdbs/{uid}", body: null, cancellationToken);
        try
        {
            while (true)
            {
                await StatusAsync(cancellationToken);
                await Task.Delay(Poll, time, cancellationToken);
            }
        }
        catch (ClusterApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            // Gone.
        }
    }

    private static JsonArray Texts(IEnumerable<int> uids) =>
        new([.. uids.Select(shard => JsonValue.Create(shard.ToString(CultureInfo.InvariantCulture)))]);

    private static int Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetInt32() : int.Parse(value.GetString()!, CultureInfo.InvariantCulture);

    private async Task<string?> StartAsync(HttpMethod method, string path, JsonObject body, CancellationToken cancellationToken)
    {
        var reply = await api.SendAsync(method, path, body, cancellationToken);
        return reply.TryGetProperty("action_uid", out var action) ? action.GetString() : null;
    }
}
