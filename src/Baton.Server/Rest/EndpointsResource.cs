using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baton.Server.Rest;

/// <summary>
/// <c>/v1/endpoints</c>, an extension: one row per proxy to connect to now (one that leaves is not among them), as <c>rladmin status endpoints</c> shows them.
/// </summary>
internal sealed class EndpointsResource(RestServices services)
{
    /// <summary>Adds the route.</summary>
    public void Map(IEndpointRouteBuilder app) => app.MapGet(RestRoutes.Endpoints, (RequestDelegate)ListAsync);

    private Task ListAsync(HttpContext context)
    {
        var state = services.Controller.State;
        var rows = new JsonArray();
        foreach (var database in state.Databases.Values)
        {
            foreach (var node in state.ServingNodesOf(database).Where(state.Nodes.ContainsKey).Select(uid => state.Nodes[uid]))
            {
                rows.Add(new JsonObject
                {
                    ["bdb_uid"] = database.Uid,
                    ["bdb_name"] = database.Name,
                    ["uid"] = database.EndpointUid,
                    ["node_uid"] = RestNames.Of(node.Uid),
                    ["addr"] = node.Address,
                    ["port"] = database.Port + node.PortOffset,
                    ["role"] = RestNames.Of(database.ProxyPolicy),
                    ["ssl"] = false,
                });
            }
        }

        return RestReply.JsonAsync(context, rows);
    }
}
