using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Baton.Cli.Bench;

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

/// <summary>What was to be reached, and whether it was.</summary>
internal sealed record BenchGoal(string Name, double Value, double Goal, bool Holds);

/// <summary>Everything <c>baton bench proxy</c> found.</summary>
internal sealed record ProxyBenchReport(
    string Bench, IReadOnlyDictionary<string, object> Machine, IReadOnlyDictionary<string, string> Versions, IReadOnlyDictionary<string, double> Settings,
    IReadOnlyList<BenchGoal> Goals, IReadOnlyList<ProxyBenchSummary> Summary, IReadOnlyList<ProxyBenchAllocation> Allocations,
    IReadOnlyList<ProxyBenchLeg> Legs)
{
    /// <summary>Fewer bytes per command than this is none: a connection's objects do not divide evenly.</summary>
    private const double NoAllocation = 1;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>At most this share of haproxy's CPU per command, by pipeline depth.</summary>
    private static readonly Dictionary<int, double> CpuGoals = new() { [1] = 0.7, [16] = 0.85, [64] = 1.1 };

    public static async Task<ProxyBenchReport> MakeAsync(
        ProxyBenchOptions options, IReadOnlyList<ProxyBenchLeg> legs, IReadOnlyList<ProxyBenchAllocation> allocations, CancellationToken cancellationToken)
    {
        var summary = Summarize(legs);
        return new ProxyBenchReport(
            "proxy",
            MachineFacts(),
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["baton"] = typeof(ProxyBenchReport).Assembly.GetName().Version!.ToString(),
                ["dotnet"] = RuntimeInformation.FrameworkDescription,
                ["redis-server"] = await BenchTools.FirstLineAsync("redis-server", "--version", cancellationToken).ConfigureAwait(false),
                ["redis-benchmark"] = await BenchTools.FirstLineAsync("redis-benchmark", "--version", cancellationToken).ConfigureAwait(false),
                ["haproxy"] = await BenchTools.FirstLineAsync("haproxy", "-v", cancellationToken).ConfigureAwait(false),
            },
            new SortedDictionary<string, double>(StringComparer.Ordinal)
            {
                ["rounds"] = options.Rounds,
                ["secondsPerLeg"] = options.SecondsPerLeg,
                ["connections"] = options.Connections,
                ["valueBytes"] = options.ValueBytes,
                ["batonLoops"] = options.Loops,
                ["haproxyThreads"] = 1,
            },
            MakeGoals(summary, allocations),
            summary,
            allocations,
            legs);
    }

    public string ToJson() => JsonSerializer.Serialize(this, Indented);

    private static List<ProxyBenchSummary> Summarize(IReadOnlyList<ProxyBenchLeg> legs)
    {
        var byPlace = legs.ToDictionary(static leg => (leg.Round, leg.Test, leg.Pipeline, leg.Target));
        return
        [.. from leg in legs
            group leg by (leg.Pipeline, leg.Test, leg.Target) into rounds
            select new ProxyBenchSummary(
                rounds.Key.Target, rounds.Key.Test, rounds.Key.Pipeline,
                Median(rounds.Select(static leg => leg.OpsPerSecond)),
                Median(rounds.Select(static leg => leg.P50Ms)),
                Median(rounds.Select(static leg => leg.P99Ms)),
                Median(rounds.Select(static leg => leg.ClientCpuMicros)),
                Median(rounds.Select(static leg => leg.ProxyCpuMicros)),
                Median(rounds.Select(static leg => leg.EngineCpuMicros)),
                Median(rounds.Select(leg => leg.OpsPerSecond / Beside(leg, "direct").OpsPerSecond)),
                rounds.Key.Target == "direct" ? null : Median(rounds.Select(leg => leg.ProxyCpuMicros / Beside(leg, "haproxy").ProxyCpuMicros))) into row
            orderby row.Pipeline, row.Test, row.Target
            select row];

        ProxyBenchLeg Beside(ProxyBenchLeg leg, string target) => byPlace[(leg.Round, leg.Test, leg.Pipeline, target)];
    }

    private static List<BenchGoal> MakeGoals(IReadOnlyList<ProxyBenchSummary> summary, IReadOnlyList<ProxyBenchAllocation> allocations)
    {
        var goals = new List<BenchGoal>();
        foreach (var row in summary.Where(static row => row.Target == "baton"))
        {
            var (value, goal) = (Math.Round(row.ProxyCpuVsHaproxy!.Value, 3), CpuGoals[row.Pipeline]);
            goals.Add(new BenchGoal($"proxy CPU per command / haproxy's, {row.Test.ToUpperInvariant()}, pipeline {row.Pipeline}", value, goal, value <= goal));
        }

        foreach (var row in allocations)
        {
            var value = Math.Round(row.BytesPerCommand, 3);
            goals.Add(new BenchGoal($"bytes allocated per command, {row.Test.ToUpperInvariant()}, pipeline {row.Pipeline}", value, 0, value < NoAllocation));
        }

        return goals;
    }

    private static Dictionary<string, object> MachineFacts() => new()
    {
        ["cores"] = Environment.ProcessorCount,
        ["kernel"] = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        ["cpu"] = File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?
            .Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
    };

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
