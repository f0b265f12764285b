using HdrHistogram;

namespace Baton.Cli.Bench.Clients;

/// <summary>
/// Measures one leg inside the process of the client. Everything is read while the callers are at work, so that beginning and ending them, and what
/// they need once, is not counted.
/// </summary>
internal sealed class LegMeter(IMeasuredClient client, TimeProvider time)
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly record struct Reading(long Commands, long Bytes, TimeSpan Cpu, long Moment);

    /// <exception cref="BenchException">The client failed, or did not return what it must.</exception>
    public async Task<LegFigures> MeasureAsync(LegOrder order, CancellationToken cancellationToken)
    {
        var legSwitch = new LegSwitch();
        CallerFigures[] callers = [.. Enumerable.Range(0, order.Callers).Select(_ => new CallerFigures(time, legSwitch))];
        var calling = Task.WhenAll(callers.Select(caller => Task.Run(() => client.CallAsync(order.Test, caller), CancellationToken.None)));
        await Task.WhenAny(calling, Task.Delay(Settling, time, cancellationToken)).ConfigureAwait(false);
        var before = Read(callers);
        legSwitch.IsMeasured = true;
        await Task.WhenAny(calling, Task.Delay(TimeSpan.FromSeconds(order.Seconds), time, cancellationToken)).ConfigureAwait(false);
        legSwitch.IsMeasured = false;
        var after = Read(callers);
        legSwitch.IsOver = true;
        await calling.WaitAsync(EndLimit, time, cancellationToken).ConfigureAwait(false);
        return Figures(before, after, callers);
    }

    private Reading Read(CallerFigures[] callers)
    {
        // Asking for the exact number allocates a little itself, before it reads.
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        return new Reading(callers.Sum(static caller => caller.Commands), bytes, Environment.CpuUsage.TotalTime, time.GetTimestamp());
    }

    private LegFigures Figures(Reading before, Reading after, CallerFigures[] callers)
    {
        var commands = after.Commands - before.Commands;
        if (commands == 0)
        {
            throw new BenchException("no command was answered in a leg: make it longer");
        }

        var latencies = callers[0].Latencies;
        foreach (var caller in callers.Skip(1))
        {
            latencies.Add(caller.Latencies);
        }

        return new LegFigures(
            commands,
            commands / time.GetElapsedTime(before.Moment, after.Moment).TotalSeconds,
            (after.Cpu - before.Cpu).TotalMicroseconds / commands,
            (after.Bytes - before.Bytes) / (double)commands,
            Milliseconds(50),
            Milliseconds(99));

        double Milliseconds(double percentile) => latencies.TotalCount == 0 ? 0 : latencies.GetValueAtPercentile(percentile) / 1000.0;
    }
}
