using System.CommandLine;

namespace Baton.Cli.Bench.Hold;

/// <summary><c>baton bench hold</c>.</summary>
internal static class HoldBenchCommand
{
    private static readonly Option<int> Rounds = BenchRun.Rounds(5);
    private static readonly Option<string?> Json = BenchRun.Json();

    private static readonly Option<int> Count = new("--count")
    {
        Description = "Scripts, watches, subscribers, blocked calls: so many of each; fewer where the limit of open files does not allow it.",
        HelpName = "N",
        DefaultValueFactory = _ => 10_000,
    };

    private static readonly Option<int> Load = new("--disk-load")
    {
        Description = "So many writers that write and sync without a pause on the same disk meanwhile: what the hold's longest times are then.",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<string> Engines = new("--engines")
    {
        Description = "Only these engines, separated by commas.",
        HelpName = "NAME,NAME",
        DefaultValueFactory = _ => "redis,garnet",
    };

    private static readonly Option<string> Cases = new("--cases")
    {
        Description = "Only these cases, separated by commas: nothing, scripts, watches, subscribers, blocked. Default: all.",
        HelpName = "NAME,NAME",
        DefaultValueFactory = _ => "",
    };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var hold = new Command("hold", "How long a shard is held when it moves, with nothing and with many scripts, watches, subscribers, blocked calls.")
        {
            Rounds, Count, Engines, Cases, Load, Json,
        };
        hold.SetAction(static (parsed, cancellationToken) =>
        {
            var options = new HoldBenchOptions
            {
                Rounds = parsed.GetValue(Rounds),
                Count = parsed.GetValue(Count),
                DiskLoad = parsed.GetValue(Load),
                Engines = Split(parsed.GetRequiredValue(Engines)),
                Cases = HoldCase.Named(Split(parsed.GetRequiredValue(Cases))),
            };
            return BenchRun.RunAsync(
                parsed.GetValue(Json), people => HoldBench.RunAsync(options, people, cancellationToken), cancellationToken);
        });
        return hold;
    }

    private static string[] Split(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
