using Baton.Cli.Bench.Handoff.Clients;
using Baton.Cli.Bench.Handoff.Rows;
using Baton.Cli.Bench.Processes;
using Baton.Cli.Bench.Reports;
using Baton.Cli.Output;
using Baton.Client;
using Baton.Client.StackExchangeRedis;

namespace Baton.Cli.Bench.Handoff;

/// <summary>Everything <c>baton bench handoff</c> found.</summary>
internal sealed record HandoffReport(IReadOnlyList<HandoffReport.RowText> Rows, IReadOnlyList<HandoffResult> Results) : BenchReport("handoff")
{
    /// <summary>
    /// What two quiet times of one run differ by anyway: the longest gap is an extreme value, so the baseline's may be doubled; and where the
    /// baseline is a few milliseconds, one late timer is more than that. The machine's own stall meanwhile is added.
    /// </summary>
    private const double LeastNoiseMs = 50;

    /// <summary>A row in words.</summary>
    internal sealed record RowText(string Row, string What);

    /// <summary>Makes the report.</summary>
    public static async Task<HandoffReport> MakeAsync(
        IReadOnlyList<HandoffRow> rows, IReadOnlyList<HandoffResult> results, CancellationToken cancellationToken) =>
        new([.. rows.Select(static row => new RowText(row.Id, row.What))], results)
        {
            Versions = BenchMachine.Versions(
                (HandoffClientKind.Baton, BenchMachine.VersionOf(typeof(RedisClient).Assembly)),
                ("Baton.Client.StackExchangeRedis", BenchMachine.VersionOf(typeof(BatonHandoffExtensions).Assembly)),
                ("StackExchange.Redis", BenchMachine.VersionOf(typeof(StackExchange.Redis.ConnectionMultiplexer).Assembly)),
                ("redis-server", await BenchTools.FirstLineAsync("redis-server", "--version", cancellationToken).ConfigureAwait(false))),
            Settings = new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["server"] = "redis-server behind relays in this process",
                ["gapRule"] = $"at most the gap before; noise: that again or {LeastNoiseMs} ms, and the machine's own stall",
                ["notPlayed"] = "a name whose address changes in DNS (C4)",
            },
            Goals = [.. rows.SelectMany(row => results
                .Where(result => result.Row == row.Id && result.Client == HandoffClientKind.Baton).SelectMany(result => GoalsOf(row, result)))],
        };

    /// <inheritdoc/>
    protected override void WriteFigures(TextWriter output)
    {
        var what = Rows.ToDictionary(static row => row.Row, static row => row.What);
        foreach (var row in Results.GroupBy(static result => result.Row))
        {
            output.WriteLine($"{row.Key}: {what[row.Key]}");
            var table = new TextTable("  client", "failed", "executed", "gap ms", "before", "p99.9 ms", "before", "stall", "");
            foreach (var result in row.OrderBy(static result => result.Client, StringComparer.Ordinal))
            {
                table.Add(
                    "  " + result.Client, $"{result.Failed}", $"{result.ExecutedButFailed}", Text(result.LongestGapMs), Text(result.BaselineGapMs),
                    Text(result.P999Ms), Text(result.BaselineP999Ms), Text(result.MachineStallMs),
                    result.NotPlayedBecause ?? string.Join(", ", result.Figures.Select(static figure => $"{figure.Key} {Text(figure.Value)}")));
            }

            output.WriteLine(table);
        }
    }

    private static IEnumerable<BenchGoal> GoalsOf(HandoffRow row, HandoffResult result)
    {
        if (result.NotPlayedBecause is not null)
        {
            yield return BenchGoal.AtLeast($"{row.Id}: played", 0, 1);
            yield break;
        }

        if (row.MostFailed is { } most)
        {
            yield return BenchGoal.AtMost($"{row.Id}: commands failed", result.Failed, most);
        }

        if (row.MostGap is { } gap)
        {
            var noise = Math.Max(result.BaselineGapMs, LeastNoiseMs) + result.MachineStallMs;
            yield return BenchGoal.AtMost($"{row.Id}: longest gap, ms", result.LongestGapMs, result.BaselineGapMs + gap.TotalMilliseconds, noise);
        }

        foreach (var (name, goal) in row.MostFigures)
        {
            var noise = name.EndsWith("Ms", StringComparison.Ordinal) ? result.MachineStallMs : 0;
            var value = result.Figures.TryGetValue(name, out var figure) ? figure : double.NaN;
            yield return BenchGoal.AtMost($"{row.Id}: {name}", value, goal, noise);
        }
    }

    private static string Text(double number) => BenchText.Number(number, "0.#");
}
