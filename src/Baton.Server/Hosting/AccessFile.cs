using System.Text.Json;
using System.Text.Json.Nodes;
using Baton.Server.Control;
using Baton.Server.Rest;

namespace Baton.Server.Hosting;

/// <summary>
/// How a program of the same user on the same machine reaches a running cluster without typing anything: a file in the data directory that
/// only its owner can read. The secret in it is made at each start and worthless after it; the file is removed on a clean end.
/// </summary>
/// <param name="Url">The API, <c>https://localhost:9443</c>.</param>
/// <param name="User">A user that exists for this run only.</param>
/// <param name="Secret">Its password.</param>
/// <param name="Certificate">The API's certificate, PEM, to be trusted and no other.</param>
public sealed record AccessFile(string Url, string User, string Secret, string Certificate)
{
    private const string FileName = "access.json";

    /// <summary>Reads the file of a running cluster.</summary>
    /// <returns>Null when there is none, it cannot be read or it is damaged.</returns>
    public static AccessFile? TryRead(string dataDirectory)
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(Path.Combine(dataDirectory, FileName)))!;
            return new AccessFile((string)json["url"]!, (string)json["user"]!, (string)json["secret"]!, (string)json["certificate"]!);
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or NullReferenceException)
        {
            return null;
        }
    }

    /// <summary>Redacts <see cref="Secret"/>.</summary>
    public override string ToString() => $"{User} at {Url}";

    internal static void Remove(string dataDirectory, ControlFeed feed) =>
        Try(() => File.Delete(Path.Combine(dataDirectory, FileName)), feed, "could not be removed");

    /// <summary>Without it programs have to be told address and user; that is no reason not to serve.</summary>
    internal void Write(string dataDirectory, ControlFeed feed)
    {
        var json = new JsonObject { ["url"] = Url, ["user"] = User, ["secret"] = Secret, ["certificate"] = Certificate };
        Try(() => PrivateFile.Write(Path.Combine(dataDirectory, FileName), json.ToJsonString()), feed, "could not be written");
    }

    private static void Try(Action action, ControlFeed feed, string what)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            feed.Say("access", $"{FileName} {what}, so other programs find this cluster with --url and --user only: {e.Message}");
        }
    }
}
