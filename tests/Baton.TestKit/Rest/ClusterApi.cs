using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Baton.TestKit.Rest;

/// <summary>
/// The REST API as a test uses it: any answer that is not 2xx is an exception with the body, unless the call is a "Raw" one.
/// </summary>
public sealed class ClusterApi : IDisposable
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(20);
    private readonly HttpClient _http;

    /// <summary>An API at an address.</summary>
    public ClusterApi(Uri address, string user, string password)
    {
        // The certificate is made by the cluster under test on this machine.
        var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        _http = new HttpClient(handler) { BaseAddress = address, Timeout = CallLimit };
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", basic);
    }

    /// <summary>Status code and body, whatever they are.</summary>
    public async Task<(int Status, JsonNode? Body)> RawAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, Parse(text));
    }

    /// <summary>The body of a successful GET.</summary>
    public Task<JsonNode> GetAsync(string path) => CallAsync(HttpMethod.Get, path, null);

    /// <summary>The body of a successful PUT.</summary>
    public Task<JsonNode> PutAsync(string path, JsonNode body) => CallAsync(HttpMethod.Put, path, body);

    /// <summary>The body of a successful POST.</summary>
    public Task<JsonNode> PostAsync(string path, JsonNode body) => CallAsync(HttpMethod.Post, path, body);

    /// <summary>Switches maintenance notifications for all proxies.</summary>
    public Task SetNotificationsAsync(bool on) => PutAsync("/v1/cluster", new JsonObject { ["client_maint_notifications"] = on });

    /// <summary>Sets the two announced times.</summary>
    public async Task SetWindowsAsync(int delayMs, int graceSeconds)
    {
        await PutAsync("/v1/cluster", new JsonObject { ["state_machine_smart_client_handoffs_delay_ms"] = delayMs });
        await PutAsync("/v1/cluster/policy", new JsonObject { ["endpoint_rebind_propagation_grace_time"] = graceSeconds });
    }

    /// <summary>Starts a migration; returns the action.</summary>
    public Task<string> MigrateAsync(IEnumerable<int> shards, int node) =>
        StartAsync(
            HttpMethod.Post, "/v1/shards/actions/migrate", new JsonObject { ["shard_uids"] = Uids(shards), ["target_node_uid"] = node });

    /// <summary>Starts a failover; returns the action.</summary>
    public Task<string> FailoverAsync(IEnumerable<int> shards) =>
        StartAsync(HttpMethod.Post, "/v1/shards/actions/failover", new JsonObject { ["shard_uids"] = Uids(shards) });

    /// <summary>Rebinds the endpoint; returns the action.</summary>
    public Task<string> BindAsync(int database, JsonObject change) => StartAsync(HttpMethod.Put, $"/v1/bdbs/{database}", change);

    /// <summary>One action as GET /v1/actions/{uid} shows it.</summary>
    public Task<JsonNode> ActionAsync(string action) => GetAsync($"/v1/actions/{action}");

    /// <summary>Waits until an action ended; returns it.</summary>
    public async Task<JsonNode> EndAsync(string action, TimeSpan limit)
    {
        JsonNode? last = null;
        await Eventually.TrueAsync(
            async () => (last = await ActionAsync(action))["status"]?.GetValue<string>() is "completed" or "failed",
            limit,
            $"end of action {action}",
            () => last?.ToJsonString() ?? "");
        return last!;
    }

    /// <summary>Waits until an action ended and demands that it completed.</summary>
    public async Task<JsonNode> CompleteAsync(string action, TimeSpan limit)
    {
        var end = await EndAsync(action, limit);
        return end["status"]!.GetValue<string>() == "completed"
            ? end
            : throw new InvalidOperationException($"The operation did not complete: {end.ToJsonString()}");
    }

    /// <summary>All shards as the cluster shows them.</summary>
    public async Task<IReadOnlyList<ShardRow>> ShardsAsync()
    {
        var rows = (await GetAsync("/v1/shards")).AsArray();
        return [.. rows.Select(row => ShardRow.From(row!))];
    }

    /// <summary>The addresses whose proxies serve a database now.</summary>
    public async Task<IReadOnlyList<string>> EndpointAddressesAsync(int database)
    {
        var endpoints = (await GetAsync($"/v1/bdbs/{database}"))["endpoints"]!.AsArray();
        return [.. endpoints.SelectMany(endpoint => endpoint!["addr"]!.AsArray()).Select(address => address!.GetValue<string>()).Distinct(
            )];
    }

    /// <summary>The database's status word.</summary>
    public async Task<string> StatusAsync(int database) => (await GetAsync($"/v1/bdbs/{database}"))["status"]!.GetValue<string>();

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static JsonArray Uids(IEnumerable<int> shards) => [.. shards.Select(shard => (JsonNode)shard.ToString())];

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private async Task<string> StartAsync(HttpMethod method, string path, JsonObject body) =>
        (await CallAsync(method, path, body))["action_uid"]?.GetValue<string>()
        ?? throw new InvalidOperationException($"{method} {path} {body.ToJsonString()} started no action");

    private async Task<JsonNode> CallAsync(HttpMethod method, string path, JsonNode? body)
    {
        var (status, answer) = await RawAsync(method, path, body);
        return status is >= 200 and < 300
            ? answer ?? new JsonObject()
            : throw new HttpRequestException($"{method} {path} {body?.ToJsonString()} -> {status} {answer?.ToJsonString()}");
    }
}
