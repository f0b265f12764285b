using System.Globalization;

namespace Baton.Cli.Bench.Reports;

/// <summary>How numbers look in a benchmark's tables.</summary>
internal static class BenchText
{
    /// <summary>A number; empty for none.</summary>
    public static string Number(double? number, string format) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
