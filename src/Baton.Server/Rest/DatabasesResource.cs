using System.Text.Json.Nodes;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baton.Server.Rest;

/// <summary><c>/v1/bdbs</c>: databases, their settings, their endpoints.</summary>
internal sealed class DatabasesResource(RestServices services)
{
    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(RestRoutes.Databases, (RequestDelegate)ListAsync);
        app.MapPost(RestRoutes.Databases, (RequestDelegate)CreateAsync);
        app.MapGet(RestRoutes.Database, (RequestDelegate)GetAsync);
        app.MapPut(RestRoutes.Database, (RequestDelegate)UpdateAsync);
        app.MapDelete(RestRoutes.Database, (RequestDelegate)DeleteAsync);
        app.MapGet(RestRoutes.DatabaseShards, (RequestDelegate)ListShardsAsync);
        app.MapGet(RestRoutes.DatabaseAvailability, (RequestDelegate)GetAvailabilityAsync);
        app.MapGet(RestRoutes.LocalAvailability, (RequestDelegate)GetAvailabilityAsync); // One process is every node.
    }

    private static DatabaseState Find(ClusterState state, HttpContext context) =>
        state.Databases.GetValueOrDefault(RestQuery.Uid(context))
        ?? throw RestException.NotFound("db_not_exist", $"There is no database {JsonBody.Shorten(RestQuery.Text(context))}.");

    private Task ListAsync(HttpContext context)
    {
        var state = services.Controller.State;
        return RestReply.JsonAsync(
            context,
            new JsonArray([.. state.Databases.Values.Select(database => RestQuery.Select(context, DatabaseJson.Render(state, database)))]));
    }

    private Task GetAsync(HttpContext context)
    {
        var state = services.Controller.State;
        return RestReply.JsonAsync(context, RestQuery.Select(context, DatabaseJson.Render(state, Find(state, context))));
    }

    /// <summary>Answers at once: the database is pending, its action says when it serves.</summary>
    private async Task CreateAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context, services.Clock).ConfigureAwait(false);
        var create = DatabaseFields.ReadCreate(body.RootElement, services.Controller.State.Settings, RestQuery.IsDryRun(context));
        var result = (await services.Controller.RequestAsync(create, context.RequestAborted).ConfigureAwait(false)).OrThrow();
        if (create.DryRun)
        {
            await RestReply.JsonAsync(context, JsonNode.Parse(body.RootElement.GetRawText())!).ConfigureAwait(false);
            return;
        }

        var rendered = await RenderAsync(result, context.RequestAborted).ConfigureAwait(false);
        rendered["authentication_redis_pass"] = create.Password ?? ""; // The only time it is shown.
        await RestReply.JsonAsync(context, rendered).ConfigureAwait(false);
    }

    private async Task UpdateAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context, services.Clock).ConfigureAwait(false);
        var state = services.Controller.State;
        var shown = DatabaseJson.Render(state, Find(state, context));
        var update = DatabaseFields.ReadUpdate(body.RootElement, RestQuery.Uid(context), shown, RestQuery.IsDryRun(context));
        var result = (await services.Controller.RequestAsync(update, context.RequestAborted).ConfigureAwait(false)).OrThrow();
        if (update.DryRun)
        {
            foreach (var property in body.RootElement.EnumerateObject())
            {
                shown[property.Name] = JsonNode.Parse(property.Value.GetRawText());
            }
        }
        else
        {
            shown = await RenderAsync(result with { DatabaseUid = update.DatabaseUid }, context.RequestAborted).ConfigureAwait(false);
        }

        await RestReply.JsonAsync(context, shown).ConfigureAwait(false);
    }

    /// <summary>Answers at once: the database is delete-pending until it is gone.</summary>
    private async Task DeleteAsync(HttpContext context)
    {
        var state = services.Controller.State;
        var shown = DatabaseJson.Render(state, Find(state, context));
        var request = new DeleteDatabase(RestQuery.Uid(context));
        var result = (await services.Controller.RequestAsync(request, context.RequestAborted).ConfigureAwait(false)).OrThrow();
        shown["status"] = RestNames.Of(DatabaseStatus.DeletePending);
        shown["action_uid"] = result.ActionUids.FirstOrDefault();
        await RestReply.JsonAsync(context, shown).ConfigureAwait(false);
    }

    private async Task ListShardsAsync(HttpContext context)
    {
        var state = services.Controller.State;
        var uid = Find(state, context).Uid;
        ShardState[] shards = [.. state.Shards.Values.Where(shard => shard.DatabaseUid == uid)];
        await RestReply.JsonAsync(context, await ShardJson.RenderAllAsync(services, shards, context.RequestAborted).ConfigureAwait(false))
            .ConfigureAwait(false);
    }

    /// <summary>200 without a body, or 503 and why.</summary>
    private async Task GetAvailabilityAsync(HttpContext context)
    {
        var state = services.Controller.State;
        var database = Find(state, context);
        if (database.BoundNodes.IsEmpty)
        {
            throw new RestException(503, "bdb_endpoint_unavailable", $"No proxy serves database {database.Uid}.");
        }

        var masters = state.Shards.Values.Where(shard => shard.DatabaseUid == database.Uid && shard.Role == ShardRole.Master).ToArray();
        var shards = await ShardJson.RenderAllAsync(services, masters, context.RequestAborted).ConfigureAwait(false);
        if (masters.Length == 0 || shards.Any(shard => (string?)shard!["detailed_status"] != "ok"))
        {
            throw new RestException(503, "bdb_unavailable", $"A master of database {database.Uid} does not answer.");
        }

        context.Response.StatusCode = 200;
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The database after a request; the action is the request's own even if the operation is over already.</summary>
    private async Task<JsonObject> RenderAsync(RequestResult result, CancellationToken cancellationToken)
    {
        var uid = result.DatabaseUid!.Value;
        var state = services.Controller.State;
        if (!state.Databases.ContainsKey(uid))
        {
            // A reader may be a moment behind the writer.
            using var limit = new CancellationTokenSource(RestLimits.ProbeTimeout, services.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            state = await services.Controller.WaitForAsync(s => s.Databases.ContainsKey(uid), either.Token).ConfigureAwait(false);
        }

        var rendered = DatabaseJson.Render(state, state.Databases[uid]);
        if (!result.ActionUids.IsEmpty)
        {
            rendered["action_uid"] = result.ActionUids[0];
        }

        return rendered;
    }
}
