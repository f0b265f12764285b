using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Baton.Server.Rest;

/// <summary>What requests say in their path and query.</summary>
internal static class RestQuery
{
    /// <summary>The number in the path; -1, which no object has, when it is none.</summary>
    public static int Uid(HttpContext context) =>
        int.TryParse((string?)context.Request.RouteValues["uid"], NumberStyles.None, CultureInfo.InvariantCulture, out var uid) ? uid : -1;

    /// <summary>The text in the path.</summary>
    public static string Text(HttpContext context) => (string?)context.Request.RouteValues["uid"] ?? string.Empty;

    /// <summary><c>?dry_run</c>, with any value but a false one.</summary>
    public static bool IsDryRun(HttpContext context) =>
        context.Request.Query.TryGetValue("dry_run", out var value) && value.ToString().ToLowerInvariant() is not ("false" or "0");

    /// <summary>Leaves only what <c>?fields=uid,name</c> asks for.</summary>
    public static JsonObject Select(HttpContext context, JsonObject full)
    {
        var fields = context.Request.Query["fields"].ToString();
        if (fields.Length == 0)
        {
            return full;
        }

        var selected = new JsonObject();
        foreach (var name in fields.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (full.Remove(name, out var value))
            {
                selected[name] = value;
            }
        }

        return selected;
    }
}
