using System.Globalization;

namespace Baton.Cli.Demo.View;

/// <summary>One plain line per second: for pipes and log files.</summary>
internal sealed class LineView(TextWriter output) : IDemoView
{
    /// <inheritdoc/>
    public Task<T> ShowAsync<T>(Func<Action<DemoFigures>, Task<T>> run) => run(Show);

    private void Show(DemoFigures figures)
    {
        var now = figures.Now;
        var counts = figures.Counts;
        var operation = figures.Operation is { } under ? $"  {under.Name}: {under.Phase} {under.Progress}%" : "";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{figures.Elapsed.TotalSeconds,6:F1} s  {figures.Stage,-10}  {figures.CommandsPerSecond,8:F0}/s  "
            + $"p50 {now?.P50,7:F2}  p99 {now?.P99,7:F2}  max {now?.Max,7:F2} ms  failed {counts.Failed}  lost {counts.Lost}  "
            + $"doubled {counts.Duplicated}  misordered {counts.OutOfOrder}{operation}"));
    }
}
