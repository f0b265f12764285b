using System.CommandLine;
using System.Text.Json.Nodes;
using Baton.Cli.Api;
using Baton.Cli.Output;

namespace Baton.Cli.Verbs;

/// <summary><c>baton action list|get|wait</c></summary>
internal static class ActionCommand
{
    public static Command Create() => new("action", "Operations, running and finished.") { List(), Get(), WaitFor() };

    private static Command List()
    {
        var command = new Command("list", "List operations.");
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            var all = await api.GetAsync("/v1/actions", cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(ApiOptions.Json))
            {
                Screen.Json(all);
            }
            else
            {
                Screen.Text(ActionText.Table(all["state-machines"]!.AsArray()));
            }

            return true;
        });
        return command;
    }

    private static Command Get()
    {
        var uid = Uid();
        var command = new Command("get", "Show an operation.") { uid };
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            var action = (JsonObject)await api.GetAsync(Path(parsed, uid), cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(ApiOptions.Json))
            {
                Screen.Json(action);
            }
            else
            {
                Screen.Text(ActionText.Table([action]));
            }

            return true;
        });
        return command;
    }

    private static Command WaitFor()
    {
        var uid = Uid();
        var command = new Command("wait", "Wait until an operation is over; exit code 0 only if it completed.") { uid };
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            var action = await api.WaitForActionAsync(
                parsed.GetValue(uid)!, state => Screen.Note(ActionText.Line(state)), cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(ApiOptions.Json))
            {
                Screen.Json(action);
            }
            else
            {
                Screen.Text(ActionText.Verdict(action));
            }

            return (string?)action["status"] == "completed";
        });
        return command;
    }

    private static Argument<string> Uid() => new("action_uid") { Description = "What the operation's start answered." };

    private static string Path(ParseResult parsed, Argument<string> uid) => $"/v1/actions/{Uri.EscapeDataString(parsed.GetValue(uid)!)}";
}
