namespace Baton.Cli.Bench.Handoff.Load;

/// <summary>What callers saw between two moments; calls that fail after the second count too.</summary>
/// <param name="Answered">Calls that ended well.</param>
/// <param name="Failed">Calls that threw.</param>
/// <param name="LongestGapMs">The longest time in which nobody was answered.</param>
/// <param name="P999Ms">99.9th percentile of the answered calls.</param>
internal sealed record LoadFigures(int Answered, int Failed, double LongestGapMs, double P999Ms)
{
    private const double Percentile = 0.999;

    /// <summary>Of callers that have stopped.</summary>
    public static LoadFigures Between(IEnumerable<CallerLog> logs, long from, long to, TimeProvider time)
    {
        var all = logs.ToList();
        var answered = all.SelectMany(static log => log.Answered).Where(call => call.Ended >= from && call.Ended < to).ToList();
        double[] took = [.. answered.Select(call => time.GetElapsedTime(call.Began, call.Ended).TotalMilliseconds).Order()];
        long[] moments = [from, .. answered.Select(static call => call.Ended).Order(), to];
        return new LoadFigures(
            answered.Count,
            all.Sum(log => log.Failed.Count(call => call.Ended >= from)),
            moments.Zip(moments.Skip(1), (first, second) => time.GetElapsedTime(first, second).TotalMilliseconds).Max(),
            took.Length == 0 ? 0 : took[(int)(Percentile * (took.Length - 1))]);
    }
}
