using Baton.Cli.Bench.Processes;
using Baton.Cli.Bench.Reports;
using Baton.Cli.Output;

namespace Baton.Cli.Bench.Hold;

/// <summary>One move. Count is as much of Wanted as open files allow.</summary>
internal sealed record HoldBenchMove(int Round, string Engine, string Case, int Wanted, int Count, double HoldMs, double MoveMs)
{
    /// <summary>As it is told while the benchmark runs.</summary>
    internal string Line => FormattableString.Invariant($"round {Round}: {Engine}, {Count} {Case}: held {HoldMs:0.0} ms, moved in {MoveMs:0} ms");
}

/// <summary>All moves of a case. Ratio is its median to that with nothing; null where that was not measured.</summary>
internal sealed record HoldBenchSummary(string Engine, string Case, int Count, double MedianMs, double? Ratio, double MaxMs, double MoveMs);

/// <summary>Everything <c>baton bench hold</c> found.</summary>
internal sealed record HoldBenchReport(IReadOnlyList<HoldBenchSummary> Summary, IReadOnlyList<HoldBenchMove> Moves) : BenchReport("hold")
{
    /// <summary>What clients hold may make a hold this much longer than one with nothing: what several moves differ by anyway.</summary>
    private const double GrowthMs = 10;

    public static async Task<HoldBenchReport> MakeAsync(
        HoldBenchOptions options, IReadOnlyList<HoldBenchMove> moves, CancellationToken cancellationToken)
    {
        HoldBenchSummary[] summary =
        [
            .. from move in moves
               group move by (move.Engine, move.Case) into alike
               let median = Median.Of(alike.Select(static move => move.HoldMs))
               select new HoldBenchSummary(
                   alike.Key.Engine, alike.Key.Case, alike.First().Count, median, RatioOf(median, moves, alike.Key.Engine),
                   alike.Max(static move => move.HoldMs), Median.Of(alike.Select(static move => move.MoveMs))),
        ];
        return new HoldBenchReport(summary, moves)
        {
            Versions = BenchMachine.Versions(
                ("garnet", BenchMachine.VersionOf(typeof(Garnet.GarnetServer).Assembly)),
                ("redis-server", await BenchTools.FirstLineAsync("redis-server", "--version", cancellationToken).ConfigureAwait(false))),
            Settings = new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["rounds"] = options.Rounds,
                ["count"] = options.Count,
                ["diskLoad"] = options.DiskLoad,
                ["openFiles"] = HoldCase.OpenFilesLimit,
            },
            Goals = MakeGoals(summary),
        };
    }

    /// <inheritdoc/>
    protected override void WriteFigures(TextWriter output)
    {
        output.WriteLine("Milliseconds. Held: how long commands to the shard waited; moved: the whole operation.");
        if (Moves.Any(static move => move.Wanted > move.Count))
        {
            output.WriteLine($"Not as many as asked for everywhere: a process may have {HoldCase.OpenFilesLimit} open files here (ulimit -n).");
        }

        var table = new TextTable("engine", "clients hold", "of them", "held, median", "to nothing", "held, max", "moved, median");
        foreach (var row in Summary)
        {
            table.Add(
                row.Engine, row.Case, $"{row.Count}", BenchText.Number(row.MedianMs, "0.0"),
                row.Ratio is { } ratio ? BenchText.Number(ratio, "0.00") : "-", BenchText.Number(row.MaxMs, "0.0"),
                BenchText.Number(row.MoveMs, "0"));
        }

        output.WriteLine(table);
    }

    private static double? RatioOf(double median, IReadOnlyList<HoldBenchMove> moves, string engine)
    {
        double[] nothing = [.. moves.Where(move => move.Engine == engine && move.Wanted == 0).Select(static move => move.HoldMs)];
        return nothing.Length > 0 ? median / Median.Of(nothing) : null;
    }

    private static List<BenchGoal> MakeGoals(HoldBenchSummary[] summary)
    {
        var goals = new List<BenchGoal>();
        foreach (var row in summary.Where(static row => row.Count > 0))
        {
            if (Array.Find(summary, each => each.Engine == row.Engine && each.Count == 0) is { } nothing)
            {
                goals.Add(BenchGoal.AtMost($"hold of {row.Engine}, {row.Case}, median, ms", row.MedianMs, nothing.MedianMs, GrowthMs));
            }
        }

        return goals;
    }
}
