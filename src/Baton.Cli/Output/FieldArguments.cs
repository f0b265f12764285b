using System.Text.Json;
using System.Text.Json.Nodes;
using Baton.Cli.Api;

namespace Baton.Cli.Output;

/// <summary>Arguments of the form <c>field=value</c>, as the API's JSON.</summary>
internal static class FieldArguments
{
    /// <summary>A value that is JSON is taken as it is (<c>true</c>, <c>12</c>, <c>["1"]</c>); anything else is a string.</summary>
    /// <exception cref="ApiException">An argument has no <c>=</c>.</exception>
    public static JsonObject Parse(IEnumerable<string> arguments)
    {
        var body = new JsonObject();
        foreach (var argument in arguments)
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new ApiException($"\"{argument}\" is not of the form field=value.");
            }

            body[argument[..equals]] = Value(argument[(equals + 1)..]);
        }

        return body;
    }

    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
