using Baton.Cli.Bench.Processes;
using Baton.Cli.Bench.Reports;
using Baton.Cli.Output;
using Baton.Client;

namespace Baton.Cli.Bench.Clients;

/// <summary>Everything <c>baton bench client</c> found.</summary>
internal sealed record ClientBenchReport(IReadOnlyList<ClientBenchSummary> Summary, IReadOnlyList<ClientBenchLeg> Legs) : BenchReport("client")
{
    /// <summary>Bytes per command that returns a new array of 32: the array (56) and what does not divide evenly.</summary>
    private const double MostBytes = 72;

    /// <summary>Bytes per command into the caller's buffer.</summary>
    private const double MostBytesInto = 8;

    /// <summary>
    /// At one caller a command is one round trip of the machine, whatever the client does: the rounds' own spread is allowed, up to this.
    /// </summary>
    private const double MostNoise = 0.1;

    /// <summary>At least so many times the operations of StackExchange.Redis, at no more than this share of its CPU, by callers.</summary>
    private static readonly Dictionary<int, (double Ops, double? Cpu)> SpeedGoals = new()
    {
        [1] = (1.0, null), [16] = (1.6, 0.6), [64] = (2.2, 0.42), [256] = (2.2, 0.42),
    };

    /// <summary>Makes the report.</summary>
    public static async Task<ClientBenchReport> MakeAsync(
        ClientBenchOptions options, IReadOnlyList<ClientBenchLeg> legs, CancellationToken cancellationToken)
    {
        var summary = ClientBenchSummary.Of(legs);
        return new ClientBenchReport(summary, legs)
        {
            Versions = BenchMachine.Versions(
                (ClientBench.Baton, BenchMachine.VersionOf(typeof(RedisClient).Assembly)),
                (ClientBench.StackExchange, BenchMachine.VersionOf(typeof(StackExchange.Redis.ConnectionMultiplexer).Assembly)),
                ("redis-server", await BenchTools.FirstLineAsync("redis-server", "--version", cancellationToken).ConfigureAwait(false))),
            Settings = new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["rounds"] = options.Rounds,
                ["secondsPerLeg"] = options.SecondsPerLeg,
                ["connections"] = 1,
                ["valueBytes"] = ClientTest.ValueBytes,
                ["callers"] = options.Callers,
                ["timedOneIn"] = CallerFigures.TimedOneIn,
            },
            Goals = [.. SpeedGoalsOf(summary), .. AllocationGoalsOf(summary)],
        };
    }

    /// <inheritdoc/>
    protected override void WriteFigures(TextWriter output)
    {
        output.WriteLine("Medians; CPU of the client's process in microseconds per command, user and system; x = divided by StackExchange.Redis'.");
        var table = new TextTable("test", "callers", "client", "kops/s", "x", "CPU", "x", "bytes", "p50 ms", "p99 ms");
        foreach (var row in Summary)
        {
            table.Add(
                row.Test, $"{row.Callers}", row.Client, BenchText.Number(row.OpsPerSecond / 1000, "0.0"), BenchText.Number(row.OpsRatio, "0.00"),
                BenchText.Number(row.CpuMicros, "0.00"), BenchText.Number(row.CpuRatio, "0.00"), BenchText.Number(row.BytesPerCommand, "0.0"),
                BenchText.Number(row.P50Ms, "0.000"), BenchText.Number(row.P99Ms, "0.000"));
        }

        output.WriteLine(table);
    }

    private static IEnumerable<BenchGoal> SpeedGoalsOf(IReadOnlyList<ClientBenchSummary> summary)
    {
        foreach (var row in summary.Where(static row => row.Client == ClientBench.Baton && row.OpsRatio is not null))
        {
            var (ops, cpu) = SpeedGoals[row.Callers];
            var place = $"{row.Test.ToUpperInvariant()}, callers {row.Callers}";
            var noise = cpu is null ? Math.Min(row.OpsRatioNoise!.Value, MostNoise) : 0;
            yield return BenchGoal.AtLeast($"operations / StackExchange.Redis', {place}", row.OpsRatio!.Value, ops, noise);
            if (cpu is not null)
            {
                yield return BenchGoal.AtMost($"CPU per command / StackExchange.Redis', {place}", row.CpuRatio!.Value, cpu.Value);
            }
        }
    }

    private static IEnumerable<BenchGoal> AllocationGoalsOf(IReadOnlyList<ClientBenchSummary> summary) =>
        from row in summary
        where row.Client == ClientBench.Baton && row.Test != ClientTest.Set
        let isInto = row.Test == ClientTest.GetInto
        select BenchGoal.AtMost(
            $"bytes allocated per GET {(isInto ? "into the caller's buffer" : "that returns a new byte array")}, callers {row.Callers}",
            row.BytesPerCommand, isInto ? MostBytesInto : MostBytes);
}
