using System.CommandLine;
using System.Text.Json.Nodes;
using Baton.Cli.Api;
using Baton.Cli.Output;
using Baton.Server.Hosting;

namespace Baton.Cli.Verbs;

/// <summary><c>baton recover</c>: makes a lost state again from the instances' folders.</summary>
internal static class RecoverCommand
{
    private static readonly Option<bool> Yes = new("--yes") { Description = "Put the rebuilt state in place. Without it nothing is changed." };

    public static Command Create()
    {
        var command = new Command(
            "recover", "Rebuild a lost or damaged state of the cluster in --data from its instances' folders. Shows only, unless --yes is given.")
        {
            Yes, ApiVerb.DryRun, ApiOptions.Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    /// <summary>0 when the state is (or can be) made, or need not be; 1 when it cannot.</summary>
    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            var write = parsed.GetValue(Yes) && !parsed.GetValue(ApiVerb.DryRun);
            var report = await ClusterRecovery.RunAsync(parsed.GetValue(ApiOptions.Data)!, write, TimeProvider.System).ConfigureAwait(false);
            if (parsed.GetValue(ApiOptions.Json))
            {
                Screen.Json(ToJson(report));
            }
            else
            {
                Screen.Text(Render(report));
            }

            return report.Problems.IsEmpty ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (ClusterHostException e)
        {
            Screen.Note($"baton: {e.Message}");
            return ExitCode.Failed;
        }
    }

    private static string Render(RecoveryReport report)
    {
        var table = new TextTable("INSTANCE", "DATABASE", "SLOTS", "ROLE", "EPOCH", "NODE", "ENGINE", "PERSISTENCE", "THEN");
        foreach (var row in report.Instances)
        {
            table.Add(
                $"{row.Instance}", row.Database, row.Slots, row.Role, $"{row.Epoch}", row.Node is { } node ? $"node:{node}" : "", row.Engine,
                row.Persistence, row.Verdict);
        }

        return $"{report.StateFound}\n\n{table}\n{Verdict(report)}";
    }

    private static string Verdict(RecoveryReport report) =>
        !report.Needed ? "There is nothing to recover."
        : !report.Problems.IsEmpty ? $"No state can be made: {string.Join("; ", report.Problems)}. Nothing was changed."
        : !report.Written ? "A state can be made from these. Nothing was changed; `baton recover --yes` puts it in place."
        : $"The state is in place; `baton up --data {report.Directory}` starts it. Settings are as the folders had them last."
            + string.Concat(report.MovedAside.Select(name => $"\nWhat stood in its place is now {name}"));

    private static JsonObject ToJson(RecoveryReport report) => new()
    {
        ["directory"] = report.Directory,
        ["state_found"] = report.StateFound,
        ["needed"] = report.Needed,
        ["instances"] = new JsonArray([.. report.Instances.Select(row => new JsonObject
        {
            ["instance"] = row.Instance, ["database"] = row.Database, ["slots"] = row.Slots, ["role"] = row.Role, ["epoch"] = row.Epoch,
            ["node"] = row.Node, ["engine"] = row.Engine, ["persistence"] = row.Persistence, ["then"] = row.Verdict,
        })]),
        ["problems"] = new JsonArray([.. report.Problems.Select(problem => JsonValue.Create(problem))]),
        ["written"] = report.Written,
        ["moved_aside"] = new JsonArray([.. report.MovedAside.Select(name => JsonValue.Create(name))]),
    };
}
