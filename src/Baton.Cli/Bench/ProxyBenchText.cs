using System.Globalization;
using Baton.Cli.Output;

namespace Baton.Cli.Bench;

/// <summary>The report for people.</summary>
internal static class ProxyBenchText
{
    public static void Write(TextWriter output, ProxyBenchReport report)
    {
        output.WriteLine($"\n{report.Machine["cores"]} cores, {report.Machine["cpu"]}, Linux {report.Machine["kernel"]}");
        foreach (var (name, version) in report.Versions)
        {
            output.WriteLine($"{name}: {version}");
        }

        output.WriteLine("\nMedians; CPU in microseconds per command, user and system.");
        var table = new TextTable("P", "test", "target", "kops/s", "x direct", "p50 ms", "p99 ms", "client", "proxy", "redis", "proxy/haproxy");
        foreach (var row in report.Summary)
        {
            table.Add(
                $"{row.Pipeline}", row.Test.ToUpperInvariant(), row.Target, Text(row.OpsPerSecond / 1000, "0.0"), Text(row.OpsVsDirect, "0.00"),
                Text(row.P50Ms, "0.000"), Text(row.P99Ms, "0.000"), Text(row.ClientCpuMicros, "0.00"),
                row.ProxyCpuVsHaproxy is null ? "" : Text(row.ProxyCpuMicros, "0.00"), Text(row.EngineCpuMicros, "0.00"),
                row.ProxyCpuVsHaproxy is { } ratio ? Text(ratio, "0.00") : "");
        }

        output.WriteLine(table);
        var goals = new TextTable("goal", "value", "at most", "");
        foreach (var goal in report.Goals)
        {
            goals.Add(goal.Name, Text(goal.Value, "0.00"), Text(goal.Goal, "0.00"), goal.Holds ? "holds" : "MISSED");
        }

        output.WriteLine(goals);
    }

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
