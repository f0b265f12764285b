using System.Text.Json.Nodes;

namespace Baton.Cli.Api;

/// <summary>The API refused a request or could not be reached. The message is for the person at the terminal.</summary>
internal sealed class ApiException : Exception
{
    public ApiException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>Creates the exception from an error reply.</summary>
    public ApiException(int status, JsonNode? body)
        : base(Describe(status, body)) => (Status, Body) = (status, body);

    /// <summary>The reply's HTTP status; null when there was no reply.</summary>
    public int? Status { get; }

    /// <summary>The reply's JSON, for <c>--json</c>.</summary>
    public JsonNode? Body { get; }

    private static string Describe(int status, JsonNode? body)
    {
        if (body is not JsonObject error)
        {
            return $"The API answered {status} without saying why.";
        }

        var all = error["errors"] as JsonArray ?? [error.DeepClone()];
        return string.Join(Environment.NewLine, all.Select(one => $"{one!["message"]} ({one["error_code"]})"));
    }
}
