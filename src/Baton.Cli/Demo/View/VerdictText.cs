using System.Globalization;

namespace Baton.Cli.Demo.View;

/// <summary>The verdict, for people.</summary>
internal static class VerdictText
{
    /// <summary>Writes it.</summary>
    public static void Write(TextWriter output, DemoReport report)
    {
        output.WriteLine();
        foreach (var operation in report.Operations)
        {
            var hold = operation.HoldMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $", longest hold {ms:F2} ms") : "";
            var reason = operation.Reason is { } why ? $": {why}" : "";
            output.WriteLine($"  {operation.Name,-36} {operation.Status}, {operation.Runs} runs{hold}{reason}");
        }

        output.WriteLine();
        Write(output, "latency in the quiet time", report.BaselineLatencyMs);
        Write(output, "latency during operations", report.LatencyMs);
        output.WriteLine($"  notifications: {string.Join(", ", report.Notifications.Select(pair => $"{pair.Key} {pair.Value}"))}");
        output.WriteLine();
        foreach (var finding in report.Findings)
        {
            output.WriteLine($"  ! {finding}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Commands:N0} commands in {report.Seconds:F1} s on {report.Engine}: {report.Failed} failed, {report.Lost} lost, "
            + $"{report.Duplicated} doubled, {report.OutOfOrder} out of order, {report.UnannouncedDisconnects} unannounced disconnects."));
        output.WriteLine(
            report.Passed ? "PASSED"
            : report.Operations.Count == 0 && report.Findings.Count == 0 ? "NO VERDICT: it ended before the first operation was over"
            : $"FAILED (replay the choices with --seed {report.Seed})");
    }

    private static void Write(TextWriter output, string what, LatencyFigures? figures)
    {
        if (figures is not null)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {what}: p50 {figures.P50:F2} ms, p99 {figures.P99:F2} ms, p99.9 {figures.P999:F2} ms, max {figures.Max:F2} ms"));
        }
    }
}
