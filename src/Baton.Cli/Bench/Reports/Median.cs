namespace Baton.Cli.Bench.Reports;

/// <summary>The middle of several values, which one outlier does not move.</summary>
internal static class Median
{
    /// <summary>The median.</summary>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0
            ? throw new ArgumentException("There is no median of nothing.", nameof(values))
            : (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }

    /// <summary>The median distance from the median: how far apart the values are.</summary>
    public static double DeviationOf(IReadOnlyCollection<double> values)
    {
        var median = Of(values);
        return Of(values.Select(value => Math.Abs(value - median)));
    }
}
