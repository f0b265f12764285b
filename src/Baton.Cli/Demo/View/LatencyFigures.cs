using HdrHistogram;

namespace Baton.Cli.Demo.View;

/// <summary>Latencies of commands in milliseconds.</summary>
/// <param name="P50">Median.</param>
/// <param name="P99">99 of 100 were no slower.</param>
/// <param name="P999">999 of 1000 were no slower.</param>
/// <param name="Max">The slowest.</param>
internal sealed record LatencyFigures(double P50, double P99, double P999, double Max)
{
    /// <summary>From a histogram of microseconds; null when it is empty.</summary>
    public static LatencyFigures? From(HistogramBase histogram) => histogram.TotalCount == 0
        ? null
        : new LatencyFigures(
            Milliseconds(histogram.GetValueAtPercentile(50)),
            Milliseconds(histogram.GetValueAtPercentile(99)),
            Milliseconds(histogram.GetValueAtPercentile(99.9)),
            Milliseconds(histogram.GetMaxValue()));

    private static double Milliseconds(long microseconds) => Math.Round(microseconds / 1000.0, 3);
}
