using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Baton.Cli.Output;

/// <summary>What verbs print: results on stdout, everything else on stderr.</summary>
internal static class Screen
{
    private static readonly JsonSerializerOptions Indented = new()
        { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Json(JsonNode node) => Console.Out.WriteLine(node.ToJsonString(Indented));

    public static void Text(string text) => Console.Out.WriteLine(text.TrimEnd('\n'));

    /// <summary>Progress and hints: not part of the result.</summary>
    public static void Note(string text) => Console.Error.WriteLine(text);
}
