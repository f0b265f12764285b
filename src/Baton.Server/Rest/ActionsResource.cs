using System.Text.Json.Nodes;
using Baton.Cluster.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baton.Server.Rest;

/// <summary><c>/v1/actions</c> and <c>/v2/actions</c>: operations, running and finished.</summary>
internal sealed class ActionsResource(RestServices services)
{
    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(RestRoutes.Actions, (RequestDelegate)(context => RestReply.JsonAsync(context, new JsonObject
        {
            ["actions"] = new JsonArray(),
            ["state-machines"] = new JsonArray([.. All().Select(Render)]),
        })));
        app.MapGet(RestRoutes.Action, (RequestDelegate)(context => RestReply.JsonAsync(context, Render(Find(context)))));
        app.MapGet(RestRoutes.DatabaseActions, (RequestDelegate)ListOfDatabaseAsync);
        app.MapGet(RestRoutes.ActionsV2, (RequestDelegate)(context =>
            RestReply.JsonAsync(context, new JsonArray([.. All().Select(RenderV2)]))));
        app.MapGet(RestRoutes.ActionV2, (RequestDelegate)(context => RestReply.JsonAsync(context, RenderV2(Find(context)))));
    }

    private JsonObject Render(OperationState operation)
    {
        var changed = operation.FinishedAt ?? services.Clock.GetUtcNow();
        var body = new JsonObject
        {
            ["action_uid"] = operation.ActionUid,
            ["heartbeat"] = changed.ToUnixTimeSeconds(),
            ["name"] = operation.Name,
            ["object_name"] = $"bdb:{operation.DatabaseUid}",
            ["progress"] = operation.Progress,
            ["status"] = RestNames.Of(operation.Status),
            ["state"] = operation.PhaseName,
            ["creation_time"] = operation.StartedAt.ToUnixTimeSeconds(),
            ["retries"] = operation.Retries,
            ["hold_ms"] = Holds(operation),
        };
        if (operation.Error is not null)
        {
            body["error"] = operation.Error;
        }

        return body;
    }

    private static JsonObject RenderV2(OperationState operation)
    {
        var information = new JsonObject
        {
            ["object_type"] = "bdb",
            ["object_uid"] = RestNames.Of(operation.DatabaseUid),
            ["description"] = operation.PhaseName,
            ["hold_ms"] = Holds(operation),
        };
        if (operation.Error is not null)
        {
            information["error"] = operation.Error;
        }

        return new JsonObject
        {
            ["action_type"] = "state-machine",
            ["action_uid"] = operation.ActionUid,
            ["creation_time"] = operation.StartedAt.ToUnixTimeSeconds(),
            ["name"] = operation.Name,
            ["progress"] = (double)operation.Progress,
            ["status"] = RestNames.V2Of(operation.Status),
            ["additional_info"] = information,
        };
    }

    private static JsonObject Holds(OperationState operation)
    {
        var holds = new JsonObject();
        foreach (var (shard, milliseconds) in operation.HoldMs)
        {
            holds[RestNames.Of(shard)] = Math.Round(milliseconds, 3);
        }

        return holds;
    }

    private IEnumerable<OperationState> All() => services.Controller.State.Operations.Values;

    private Task ListOfDatabaseAsync(HttpContext context)
    {
        var uid = RestQuery.Uid(context);
        return RestReply.JsonAsync(context, new JsonArray([.. All().Where(operation => operation.DatabaseUid == uid).Select(Render)]));
    }

    private OperationState Find(HttpContext context)
    {
        var uid = RestQuery.Text(context);
        return All().FirstOrDefault(operation => operation.ActionUid.Equals(uid, StringComparison.OrdinalIgnoreCase))
            ?? throw RestException.NotFound("action_not_found", $"There is no action {JsonBody.Shorten(uid)}.");
    }
}
