using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baton.Server.Rest;

/// <summary><c>/v1/statistics</c>, an extension: the data path's counters since start, for tools and benchmarks.</summary>
internal sealed class StatisticsResource(RestServices services)
{
    /// <summary>Adds the route.</summary>
    public void Map(IEndpointRouteBuilder app) => app.MapGet(RestRoutes.Statistics, (RequestDelegate)GetAsync);

    private Task GetAsync(HttpContext context)
    {
        var counters = services.DataPlane.Statistics;
        var closed = new JsonObject();
        foreach (var (reason, count) in counters.ClosedBy.OrderBy(pair => pair.Key))
        {
            closed[reason.ToString()] = count;
        }

        return RestReply.JsonAsync(context, new JsonObject
        {
            ["connections"] = counters.Connections,
            ["opted_in"] = counters.OptedIn,
            ["commands"] = counters.Commands,
            ["notifications_sent"] = counters.NotificationsSent,
            ["closed_by"] = closed,
            ["longest_turn_ms"] = counters.Turns.Longest.TotalMilliseconds,
            ["turns_over_10_ms"] = counters.Turns.Long,
            ["buffered_bytes"] = counters.BufferedBytes,
            ["changed_upstreams"] = counters.ChangedLanes,
            ["allocated_bytes"] = GC.GetTotalAllocatedBytes(precise: true),
            ["uptime_seconds"] = services.Clock.GetElapsedTime(services.StartedAt).TotalSeconds,
        });
    }
}
