using System.CommandLine;

namespace Baton.Cli.Bench.Handoff;

/// <summary><c>baton bench handoff</c>.</summary>
internal static class HandoffBenchCommand
{
    private static readonly Option<string?> Json = BenchRun.Json();

    private static readonly Option<string> Rows = new("--rows")
    {
        Description = "Only these rows, separated by commas. Default: all.",
        HelpName = "A1,B2",
        DefaultValueFactory = _ => "",
    };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var handoff = new Command(
            "handoff", "Maintenance of every kind, with Baton.Client, StackExchange.Redis and that with UseBatonHandoffs: what fails, for how long.")
        {
            Rows, Json,
        };
        handoff.SetAction(static (parsed, cancellationToken) =>
        {
            var rows = parsed.GetRequiredValue(Rows).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return BenchRun.RunAsync(
                parsed.GetValue(Json), people => HandoffBench.RunAsync(rows, people, cancellationToken), cancellationToken);
        });
        return handoff;
    }
}
