using System.CommandLine;
using System.Text.Json.Nodes;
using Baton.Cli.Api;
using Baton.Cli.Output;

namespace Baton.Cli.Verbs;

/// <summary>What all verbs that talk to the API share: the connection, errors, and waiting for operations.</summary>
internal static class ApiVerb
{
    public static readonly Option<bool> Wait = new("--wait")
    {
        Description = "Wait until the operation is over; the exit code then says whether it completed.",
        DefaultValueFactory = _ => true,
        HelpName = "true|false",
    };

    public static readonly Option<bool> DryRun = new("--dry-run") { Description = "Validate only." };

    /// <summary>Runs a verb: 0 when its work returns true, 1 when it failed, and the reason on stderr.</summary>
    public static void SetWork(this Command command, Func<BatonApi, ParseResult, CancellationToken, Task<bool>> work)
    {
        command.Options.Add(ApiOptions.Json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                using var api = ApiOptions.Connect(parsed);
                return await work(api, parsed, cancellationToken).ConfigureAwait(false) ? ExitCode.Ok : ExitCode.Failed;
            }
            catch (ApiException e)
            {
                if (parsed.GetValue(ApiOptions.Json) && e.Body is not null)
                {
                    Screen.Json(e.Body);
                }

                Screen.Note($"baton: {e.Message}");
                return ExitCode.Failed;
            }
        });
    }

    /// <summary>Shows an accepted operation, and follows it to its end unless told not to.</summary>
    public static async Task<bool> FollowAsync(BatonApi api, ParseResult parsed, JsonNode reply, CancellationToken cancellationToken)
    {
        var uids = reply["action_uids"] is JsonArray several
            ? [.. several.Select(uid => (string)uid!)]
            : reply["action_uid"] is { } one ? new[] { (string)one! } : [];
        if (parsed.GetValue(DryRun) || uids.Length == 0 || !parsed.GetValue(Wait))
        {
            Show(parsed, reply, uids);
            return true;
        }

        var actions = new JsonArray();
        foreach (var uid in uids)
        {
            Screen.Note($"Monitoring {uid}");
            var action = await api
                .WaitForActionAsync(uid, state => Screen.Note(ActionText.Line(state)), cancellationToken).ConfigureAwait(false);
            actions.Add(action);
        }

        var completed = actions.All(action => (string?)action!["status"] == "completed");
        if (parsed.GetValue(ApiOptions.Json))
        {
            Screen.Json(actions.Count == 1 ? actions[0]! : actions);
        }
        else
        {
            Screen.Text(string.Join('\n', actions.Select(action => ActionText.Verdict((JsonObject)action!))));
        }

        return completed;
    }

    private static void Show(ParseResult parsed, JsonNode reply, string[] uids)
    {
        if (parsed.GetValue(ApiOptions.Json))
        {
            Screen.Json(Secrets.Redact(reply));
            return;
        }

        Screen.Text(parsed.GetValue(DryRun) ? "The request is valid; nothing was changed."
            : uids.Length == 0 ? "Nothing to do."
            : $"Started {string.Join(", ", uids)}; `baton action wait {uids[0]}` follows it.");
    }
}
