using System.Text.Json.Nodes;

namespace Baton.Cli.Output;

/// <summary>Keeps passwords off the screen.</summary>
internal static class Secrets
{
    private const string Field = "authentication_redis_pass";

    /// <summary>Replaces the passwords of a database, or of an array of them.</summary>
    public static JsonNode Redact(JsonNode node)
    {
        foreach (var database in node is JsonArray all ? all.OfType<JsonObject>() : [node as JsonObject ?? []])
        {
            if (database[Field] is { } password && password.ToString().Length > 0)
            {
                database[Field] = "********";
            }
        }

        return node;
    }
}
