namespace Baton.Cli.Demo.Load;

/// <summary>Spreads a worker's steps evenly over time; what a pause delayed is caught up afterwards, within a bound.</summary>
/// <param name="time">Clock.</param>
/// <param name="interval">Between the beginnings of two steps; zero = as fast as possible.</param>
internal sealed class LoadPace(TimeProvider time, TimeSpan interval)
{
    // A timer is no finer than this; shorter waits are gathered.
    private static readonly TimeSpan Finest = TimeSpan.FromMilliseconds(1);

    // After a longer pause the lost steps are not caught up: a burst would measure the demo, not the cluster.
    private static readonly TimeSpan MostCaughtUp = TimeSpan.FromMilliseconds(100);

    private readonly long _origin = time.GetTimestamp();
    private TimeSpan _due;

    /// <summary>Completes when the next step is due, or when stopped.</summary>
    public async Task NextAsync(CancellationToken stop)
    {
        var now = time.GetElapsedTime(_origin);
        _due += interval;
        if (_due < now - MostCaughtUp)
        {
            _due = now - MostCaughtUp;
        }

        if (_due - now >= Finest)
        {
            await Task.Delay(_due - now, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
