using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Baton.Cluster.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baton.Server.Rest;

/// <summary><c>/v1/shards</c>: where each serves now, and the actions that move them.</summary>
internal sealed class ShardsResource(RestServices services)
{
    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(RestRoutes.Shards, (RequestDelegate)ListAsync);
        app.MapGet(RestRoutes.Shard, (RequestDelegate)GetAsync);
        app.MapPost(RestRoutes.MigrateShards, (RequestDelegate)(context => MigrateAsync(context, single: false)));
        app.MapPost(RestRoutes.MigrateShard, (RequestDelegate)(context => MigrateAsync(context, single: true)));
        app.MapPost(RestRoutes.FailoverShards, (RequestDelegate)(context => FailoverAsync(context, single: false)));
        app.MapPost(RestRoutes.FailoverShard, (RequestDelegate)(context => FailoverAsync(context, single: true)));
    }

    private async Task ListAsync(HttpContext context)
    {
        var shards = services.Controller.State.Shards.Values.ToArray();
        await RestReply.JsonAsync(context, await ShardJson.RenderAllAsync(services, shards, context.RequestAborted).ConfigureAwait(false))
            .ConfigureAwait(false);
    }

    private async Task GetAsync(HttpContext context)
    {
        RequireShard(RestQuery.Uid(context), RestQuery.Text(context));
        var shard = services.Controller.State.Shards[RestQuery.Uid(context)];
        var rendered = await ShardJson.RenderAllAsync(services, [shard], context.RequestAborted).ConfigureAwait(false);
        await RestReply.JsonAsync(context, rendered[0]!).ConfigureAwait(false);
    }

    private async Task MigrateAsync(HttpContext context, bool single)
    {
        using var body = await JsonBody.ReadAsync(context, services.Clock).ConfigureAwait(false);
        var fields = new FieldReader(body.RootElement);
        var shards = ReadShards(context, fields, single);
        var target = fields.Uid("target_node_uid");
        if (!body.RootElement.TryGetProperty("target_node_uid", out _))
        {
            fields.Fail(
                RequestErrorKind.Invalid, "missing_field",
                "\"target_node_uid\" is missing: the node the shards shall go to.", "target_node_uid");
        }

        var preserveRoles = fields.Boolean("preserve_roles");
        var dryRun = fields.Boolean("dry_run") ?? RestQuery.IsDryRun(context);

        // Documented, without a meaning: there are no racks, and Baton runs the databases' operations side by side.
        fields.Boolean("override_rack_policy");
        fields.Integer("max_concurrent_bdb_migrations", 1);
        fields.NothingElse("a migrate request");
        fields.ThrowIfWrong();
        RequireShards(shards);
        var request = new MigrateShards(shards, target!.Value, dryRun) { PreserveRoles = preserveRoles ?? false };
        await StartAsync(context, request, "Migrate was triggered").ConfigureAwait(false);
    }

    private async Task FailoverAsync(HttpContext context, bool single)
    {
        using var body = await JsonBody.ReadAsync(context, services.Clock, allowEmpty: single).ConfigureAwait(false);
        var fields = new FieldReader(body.RootElement);
        var shards = ReadShards(context, fields, single);
        var dryRun = fields.Boolean("dry_run") ?? RestQuery.IsDryRun(context);
        RefuseIfUsed(fields, "force_rebind");
        RefuseIfUsed(fields, "dead_uids");
        RefuseIfUsed(fields, "dead_nodes");
        RefuseIfUsed(fields, "redis_version_upgrade");
        fields.NothingElse("a failover request");
        fields.ThrowIfWrong();
        RequireShards(shards);
        await StartAsync(context, new FailoverShards(shards, dryRun), "Failover was triggered").ConfigureAwait(false);
    }

    private static ImmutableArray<int> ReadShards(HttpContext context, FieldReader fields, bool single)
    {
        if (single)
        {
            return [RestQuery.Uid(context)];
        }

        var shards = fields.Uids("shard_uids");
        fields.ThrowIfWrong();
        return shards is { IsEmpty: false } given
            ? given
            : throw RestException.NotFound("shard_uids_required", "\"shard_uids\" is missing or empty: which shards?", "shard_uids");
    }

    /// <summary>Documented, and would change what is done: only its neutral value is taken.</summary>
    private static void RefuseIfUsed(FieldReader fields, string name)
    {
        if (!fields.TryTake(name, out var value))
        {
            return;
        }

        var neutral = value.ValueKind switch
        {
            System.Text.Json.JsonValueKind.False or System.Text.Json.JsonValueKind.Null => true,
            System.Text.Json.JsonValueKind.Array => value.GetArrayLength() == 0,
            System.Text.Json.JsonValueKind.String => value.GetString()!.Length == 0,
            _ => false,
        };
        if (!neutral)
        {
            fields.Fail(
                RequestErrorKind.Invalid, "not_supported", $"\"{name}\" is {FieldReader.Describe(value)}; Baton does not do that.", name);
        }
    }

    private void RequireShards(ImmutableArray<int> uids)
    {
        foreach (var uid in uids)
        {
            RequireShard(uid, RestNames.Of(uid), "shard_uids");
        }
    }

    private void RequireShard(int uid, string text, string? field = null)
    {
        if (!services.Controller.State.Shards.ContainsKey(uid))
        {
            throw RestException.NotFound("shard_not_exist", $"There is no shard {JsonBody.Shorten(text)}.", field);
        }
    }

    private async Task StartAsync(HttpContext context, ClusterRequest request, string description)
    {
        var result = (await services.Controller.RequestAsync(request, context.RequestAborted).ConfigureAwait(false)).OrThrow();
        var body = new JsonObject
        {
            ["action_uid"] = result.ActionUids.FirstOrDefault(),
            ["action_uids"] = new JsonArray([.. result.ActionUids.Select(uid => JsonValue.Create(uid))]),
            ["description"] = request.DryRun ? "The request is valid; nothing was changed" : description,
        };
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }
}
