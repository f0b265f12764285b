using System.Globalization;
using System.Net;
using Baton.Cli.Bench.Processes;

namespace Baton.Cli.Bench.Proxy;

/// <summary>One run of <c>redis-benchmark</c>.</summary>
/// <param name="OpsPerSecond">Commands per second.</param>
/// <param name="P50Ms">Median latency of a batch.</param>
/// <param name="P99Ms">99th percentile.</param>
internal sealed record RedisBenchmark(double OpsPerSecond, double P50Ms, double P99Ms)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>Runs one test (<c>get</c>, <c>set</c>) with a number of commands.</summary>
    /// <exception cref="BenchException">It failed, or printed what cannot be read.</exception>
    public static async Task<RedisBenchmark> RunAsync(
        IPEndPoint address, string test, int pipeline, long commands, ProxyBenchOptions options, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "-h", $"{address.Address}", "-p", Text(address.Port), "-c", Text(options.Connections), "-d", Text(options.ValueBytes),
            "-t", test, "-P", Text(pipeline), "-n", Text(commands), "--csv",
        ];
        var output = await BenchTools.RunAsync("redis-benchmark", arguments, Limit, cancellationToken).ConfigureAwait(false);

        // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
        var row = output.Split('\n').LastOrDefault(line => line.StartsWith($"\"{test}\"", StringComparison.OrdinalIgnoreCase))?.Split(',');
        return row is { Length: >= 7 }
            ? new RedisBenchmark(Number(row[1]), Number(row[4]), Number(row[6]))
            : throw new BenchException($"redis-benchmark printed what cannot be read: {output.Trim()}");
    }

    private static double Number(string cell) => double.Parse(cell.Trim().Trim('"'), CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
