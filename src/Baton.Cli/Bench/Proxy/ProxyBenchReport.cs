using Baton.Cli.Bench.Processes;
using Baton.Cli.Bench.Reports;
using Baton.Cli.Output;

namespace Baton.Cli.Bench.Proxy;

/// <summary>One measured leg. CPU in microseconds per command, user and system.</summary>
internal sealed record ProxyBenchLeg(
    int Round, string Target, string Test, int Pipeline, long Commands, double OpsPerSecond, double P50Ms, double P99Ms,
    double ClientCpuMicros, double ProxyCpuMicros, double EngineCpuMicros);

/// <summary>Managed bytes Baton allocates for one more command.</summary>
internal sealed record ProxyBenchAllocation(string Test, int Pipeline, double BytesPerCommand);

/// <summary>Medians over the rounds; ratios are medians of the ratios within each round.</summary>
internal sealed record ProxyBenchSummary(
    string Target, string Test, int Pipeline, double OpsPerSecond, double P50Ms, double P99Ms,
    double ClientCpuMicros, double ProxyCpuMicros, double EngineCpuMicros, double OpsVsDirect, double? ProxyCpuVsHaproxy);

/// <summary>Everything <c>baton bench proxy</c> found.</summary>
internal sealed record ProxyBenchReport(
    IReadOnlyList<ProxyBenchSummary> Summary, IReadOnlyList<ProxyBenchAllocation> Allocations, IReadOnlyList<ProxyBenchLeg> Legs)
    : BenchReport("proxy")
{
    /// <summary>Fewer bytes per command than this is none: a connection's objects do not divide evenly.</summary>
    private const double NoAllocation = 1;

    /// <summary>At most this share of haproxy's CPU per command, by pipeline depth.</summary>
    private static readonly Dictionary<int, double> CpuGoals = new() { [1] = 0.7, [16] = 0.85, [64] = 1.1 };

    public static async Task<ProxyBenchReport> MakeAsync(
        ProxyBenchOptions options, IReadOnlyList<ProxyBenchLeg> legs, IReadOnlyList<ProxyBenchAllocation> allocations, CancellationToken cancellationToken)
    {
        var summary = Summarize(legs);
        return new ProxyBenchReport(summary, allocations, legs)
        {
            Versions = BenchMachine.Versions(
                ("redis-server", await BenchTools.FirstLineAsync("redis-server", "--version", cancellationToken).ConfigureAwait(false)),
                ("redis-benchmark", await BenchTools.FirstLineAsync("redis-benchmark", "--version", cancellationToken).ConfigureAwait(false)),
                ("haproxy", await BenchTools.FirstLineAsync("haproxy", "-v", cancellationToken).ConfigureAwait(false))),
            Settings = new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["rounds"] = options.Rounds,
                ["secondsPerLeg"] = options.SecondsPerLeg,
                ["connections"] = options.Connections,
                ["valueBytes"] = options.ValueBytes,
                ["batonLoops"] = options.Loops,
                ["haproxyThreads"] = 1,
            },
            Goals = MakeGoals(summary, allocations),
        };
    }

    /// <inheritdoc/>
    protected override void WriteFigures(TextWriter output)
    {
        output.WriteLine("Medians; CPU in microseconds per command, user and system.");
        var table = new TextTable("P", "test", "target", "kops/s", "x direct", "p50 ms", "p99 ms", "client", "proxy", "redis", "proxy/haproxy");
        foreach (var row in Summary)
        {
            table.Add(
                $"{row.Pipeline}", row.Test.ToUpperInvariant(), row.Target, BenchText.Number(row.OpsPerSecond / 1000, "0.0"),
                BenchText.Number(row.OpsVsDirect, "0.00"), BenchText.Number(row.P50Ms, "0.000"), BenchText.Number(row.P99Ms, "0.000"),
                BenchText.Number(row.ClientCpuMicros, "0.00"), row.ProxyCpuVsHaproxy is null ? "" : BenchText.Number(row.ProxyCpuMicros, "0.00"),
                BenchText.Number(row.EngineCpuMicros, "0.00"), BenchText.Number(row.ProxyCpuVsHaproxy, "0.00"));
        }

        output.WriteLine(table);
    }

    private static List<ProxyBenchSummary> Summarize(IReadOnlyList<ProxyBenchLeg> legs)
    {
        var byPlace = legs.ToDictionary(static leg => (leg.Round, leg.Test, leg.Pipeline, leg.Target));
        return
        [.. from leg in legs
            group leg by (leg.Pipeline, leg.Test, leg.Target) into rounds
            select new ProxyBenchSummary(
                rounds.Key.Target, rounds.Key.Test, rounds.Key.Pipeline,
                Median.Of(rounds.Select(static leg => leg.OpsPerSecond)),
                Median.Of(rounds.Select(static leg => leg.P50Ms)),
                Median.Of(rounds.Select(static leg => leg.P99Ms)),
                Median.Of(rounds.Select(static leg => leg.ClientCpuMicros)),
                Median.Of(rounds.Select(static leg => leg.ProxyCpuMicros)),
                Median.Of(rounds.Select(static leg => leg.EngineCpuMicros)),
                Median.Of(rounds.Select(leg => leg.OpsPerSecond / Beside(leg, "direct").OpsPerSecond)),
                rounds.Key.Target == "direct" ? null : Median.Of(rounds.Select(leg => leg.ProxyCpuMicros / Beside(leg, "haproxy").ProxyCpuMicros))) into row
            orderby row.Pipeline, row.Test, row.Target
            select row];

        ProxyBenchLeg Beside(ProxyBenchLeg leg, string target) => byPlace[(leg.Round, leg.Test, leg.Pipeline, target)];
    }

    private static List<BenchGoal> MakeGoals(IReadOnlyList<ProxyBenchSummary> summary, IReadOnlyList<ProxyBenchAllocation> allocations)
    {
        var goals = new List<BenchGoal>();
        foreach (var row in summary.Where(static row => row.Target == "baton"))
        {
            var name = $"proxy CPU per command / haproxy's, {row.Test.ToUpperInvariant()}, pipeline {row.Pipeline}";
            goals.Add(BenchGoal.AtMost(name, row.ProxyCpuVsHaproxy!.Value, CpuGoals[row.Pipeline]));
        }

        foreach (var row in allocations)
        {
            var name = $"bytes allocated per command, {row.Test.ToUpperInvariant()}, pipeline {row.Pipeline}";
            goals.Add(BenchGoal.AtMost(name, row.BytesPerCommand, 0, NoAllocation));
        }

        return goals;
    }
}
