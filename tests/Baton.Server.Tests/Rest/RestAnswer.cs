using System.Text.Json.Nodes;
using Xunit;

namespace Baton.Server.Tests.Rest;

/// <summary>A reply of the API.</summary>
internal sealed record RestAnswer(int Status, JsonNode? Body, IReadOnlyDictionary<string, string> Headers)
{
    public string? Code => (string?)Body?["error_code"];

    public string? Field => (string?)Body?["field"];

    /// <summary>Both names the documentation uses for an error's text carry the same.</summary>
    public string Message
    {
        get
        {
            Assert.Equal((string?)Body!["message"], (string?)Body["description"]);
            return (string)Body["message"]!;
        }
    }
}
