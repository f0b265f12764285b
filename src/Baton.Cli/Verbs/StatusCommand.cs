using System.CommandLine;
using Baton.Cli.Api;
using Baton.Cli.Output;

namespace Baton.Cli.Verbs;

/// <summary><c>baton status</c></summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var sections = new Argument<string[]>("section")
        {
            Description = "Only these: nodes, databases, endpoints, shards.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        sections.AcceptOnlyFromAmong("nodes", "databases", "endpoints", "shards");
        var command = new Command("status", "Show nodes, databases, endpoints and shards.") { sections };
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            var view = await ClusterView.ReadAsync(api, cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(ApiOptions.Json))
            {
                Screen.Json(view.ToJson());
            }
            else
            {
                Screen.Text(StatusText.Render(view, parsed.GetValue(sections) ?? []));
            }

            return true;
        });
        return command;
    }
}
