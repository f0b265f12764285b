using System.Globalization;
using System.Text.Json.Nodes;

namespace Baton.Cli.Output;

/// <summary>Operations for people.</summary>
internal static class ActionText
{
    /// <summary>One line per state: <c>active - migrate db:1 Copying 40%</c>.</summary>
    public static string Line(JsonObject action) =>
        $"{action["status"]} - {action["name"]} {Short(action["object_name"])} {action["state"]} {action["progress"]}%";

    /// <summary>How it ended: <c>completed: migrate db:1, shard 1 held 0.9 ms</c>.</summary>
    public static string Verdict(JsonObject action)
    {
        var holds = (action["hold_ms"] as JsonObject ?? [])
            .Select(hold => string.Create(CultureInfo.InvariantCulture, $"shard {hold.Key} held {(double)hold.Value!:0.0} ms"));
        var facts = new[] { $"{action["name"]} {Short(action["object_name"])}" }.Concat(holds);
        var error = action["error"] is { } reason ? $": {reason}" : string.Empty;
        return $"{action["status"]}: {string.Join(", ", facts)}{error}";
    }

    public static string Table(IEnumerable<JsonNode?> actions)
    {
        var table = new TextTable("ACTION_UID", "NAME", "OBJECT", "STATUS", "STATE", "PROGRESS", "ERROR");
        foreach (var action in actions)
        {
            table.Add(
                Text(action, "action_uid"), Text(action, "name"), Text(action, "object_name"),
                Text(action, "status"), Text(action, "state"),
                Text(action, "progress") + "%", Text(action, "error"));
        }

        return table.ToString();
    }

    private static string Text(JsonNode? action, string field) => action?[field]?.ToString() ?? string.Empty;

    private static string Short(JsonNode? name) => name?.ToString().Replace("bdb:", "db:", StringComparison.Ordinal) ?? string.Empty;
}
