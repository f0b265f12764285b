using System.Text.Json.Nodes;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baton.Server.Rest;

/// <summary><c>/v1/cluster</c>, its policy, and the health check for load balancers.</summary>
internal sealed class ClusterResource(RestServices services)
{
    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(RestRoutes.Cluster, (RequestDelegate)GetAsync);
        app.MapPut(RestRoutes.Cluster, (RequestDelegate)PutAsync);
        app.MapGet(RestRoutes.ClusterPolicy, (RequestDelegate)GetPolicyAsync);
        app.MapPut(RestRoutes.ClusterPolicy, (RequestDelegate)PutPolicyAsync);
        app.MapGet(RestRoutes.MasterHealthcheck, (RequestDelegate)(context =>
            RestReply.JsonAsync(context, new JsonObject { ["status"] = "active" })));
    }

    private JsonObject Render(HttpContext context)
    {
        var settings = services.Controller.State.Settings;
        var body = new JsonObject
        {
            ["name"] = settings.Name,
            ["created_time"] = RestNames.Of(settings.CreatedTime),
            ["cnm_https_port"] = context.Connection.LocalPort,
            ["client_maint_notifications"] = settings.ClientMaintNotifications,
            ["oss_cluster_client_maint_notifications"] = settings.OssClusterClientMaintNotifications,
            ["state_machine_smart_client_handoffs_delay_ms"] = settings.HandoffsDelayMs,
            ["default_non_sharded_proxy_policy"] = RestNames.Of(settings.DefaultNonShardedProxyPolicy),
            ["default_sharded_proxy_policy"] = RestNames.Of(settings.DefaultShardedProxyPolicy),
        };
        KeptFields.Show(body, DocumentedFields.Cluster, settings.Extra);
        body["alarms"] = new JsonArray([.. services.Controller.Alarm is { } alarm
            ? [new JsonObject { ["name"] = alarm.Name, ["since"] = RestNames.Of(alarm.Since), ["reason"] = alarm.Reason }]
            : Array.Empty<JsonNode>()]);
        return body;
    }

    private static JsonObject RenderPolicy(ClusterSettings settings)
    {
        var body = new JsonObject
        {
            ["default_non_sharded_proxy_policy"] = RestNames.Of(settings.DefaultNonShardedProxyPolicy),
            ["default_sharded_proxy_policy"] = RestNames.Of(settings.DefaultShardedProxyPolicy),
            ["default_shards_placement"] = DefaultPlacement(settings),
            ["endpoint_rebind_propagation_grace_time"] = settings.EndpointRebindGraceSeconds,
            ["silent_endpoint_shrink"] = settings.SilentEndpointShrink,
            ["hold_limit_ms"] = settings.HoldLimitMs,
            ["master_stall_limit_ms"] = settings.MasterStallLimitMs,
        };
        KeptFields.Show(body, DocumentedFields.Policy, settings.Extra);
        return body;
    }

    /// <summary>The policy's <c>default_shards_placement</c>, which only this API acts on.</summary>
    internal static string DefaultPlacement(ClusterSettings settings) =>
        settings.Extra.TryGetValue("default_shards_placement", out var json) ? (string)JsonNode.Parse(json)! : "dense";

    private Task GetAsync(HttpContext context) =>
        RestReply.JsonAsync(context, RestQuery.Select(context, Render(context)));

    private Task GetPolicyAsync(HttpContext context) =>
        RestReply.JsonAsync(context, RestQuery.Select(context, RenderPolicy(services.Controller.State.Settings)));

    /// <summary>Answers with the full object, as it is after the change (or would be, with <c>?dry_run</c>).</summary>
    private async Task PutAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context, services.Clock).ConfigureAwait(false);
        var shown = Render(context);
        var fields = new FieldReader(body.RootElement);
        var update = new UpdateCluster(RestQuery.IsDryRun(context))
        {
            ClientMaintNotifications = fields.Boolean("client_maint_notifications"),
            OssClusterClientMaintNotifications = fields.Boolean("oss_cluster_client_maint_notifications"),
            HandoffsDelayMs = fields.Integer("state_machine_smart_client_handoffs_delay_ms", 0, 10_000),
            DefaultNonShardedProxyPolicy = (ProxyPolicy?)fields.Choice("default_non_sharded_proxy_policy", RestNames.ProxyPolicies),
            DefaultShardedProxyPolicy = (ProxyPolicy?)fields.Choice("default_sharded_proxy_policy", RestNames.ProxyPolicies),
            Extra = fields.Rest(DocumentedFields.Cluster, "the cluster object", shown),
        };
        fields.ThrowIfWrong();
        (await services.Controller.RequestAsync(update, context.RequestAborted).ConfigureAwait(false)).OrThrow();
        if (!update.DryRun)
        {
            shown = Render(context);
        }
        else
        {
            foreach (var property in body.RootElement.EnumerateObject())
            {
                shown[property.Name] = JsonNode.Parse(property.Value.GetRawText());
            }
        }

        await RestReply.JsonAsync(context, shown).ConfigureAwait(false);
    }

    /// <summary>Answers with a status code only.</summary>
    private async Task PutPolicyAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context, services.Clock).ConfigureAwait(false);
        var fields = new FieldReader(body.RootElement);
        var placement = fields.Choice("default_shards_placement", RestNames.Placements);
        var update = new UpdateCluster(RestQuery.IsDryRun(context))
        {
            EndpointRebindGraceSeconds = fields.Integer("endpoint_rebind_propagation_grace_time", 1, 3600),
            DefaultNonShardedProxyPolicy = (ProxyPolicy?)fields.Choice("default_non_sharded_proxy_policy", RestNames.ProxyPolicies),
            DefaultShardedProxyPolicy = (ProxyPolicy?)fields.Choice("default_sharded_proxy_policy", RestNames.ProxyPolicies),
            SilentEndpointShrink = fields.Boolean("silent_endpoint_shrink"),
            HoldLimitMs = fields.Integer("hold_limit_ms", 1, 10_000),
            MasterStallLimitMs = fields.Integer("master_stall_limit_ms", 0, 600_000),
            Extra = fields.Rest(DocumentedFields.Policy, "the cluster policy object"),
        };
        if (placement is { } index)
        {
            update = update with { Extra = update.Extra.SetItem("default_shards_placement", $"\"{RestNames.Placements[index]}\"") };
        }

        fields.ThrowIfWrong();
        (await services.Controller.RequestAsync(update, context.RequestAborted).ConfigureAwait(false)).OrThrow();
        await RestReply.JsonAsync(context, RenderPolicy(services.Controller.State.Settings)).ConfigureAwait(false);
    }
}
