namespace Baton.Cli.Bench.Handoff.Load;

/// <summary>
/// A thread that wants to run every few milliseconds and notes the longest time it could not: how long the machine itself stood still, which no
/// client can do anything about.
/// </summary>
internal sealed class StallWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly ManualResetEvent _over = new(initialState: false);
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private long _longest;

    /// <param name="time">Clock.</param>
    public StallWatch(TimeProvider time)
    {
        _time = time;
        _thread = new Thread(Run) { IsBackground = true, Name = "stall watch" };
        _thread.Start();
    }

    /// <summary>The longest stall since the last call.</summary>
    public double TakeLongestMs() => new TimeSpan(Interlocked.Exchange(ref _longest, 0)).TotalMilliseconds;

    /// <inheritdoc/>
    public void Dispose()
    {
        _over.Set();
        _thread.Join();
        _over.Dispose();
    }

    private void Run()
    {
        var last = _time.GetTimestamp();
        while (!_over.WaitOne(Interval))
        {
            var now = _time.GetTimestamp();
            var late = (_time.GetElapsedTime(last, now) - Interval).Ticks;
            if (late > Interlocked.Read(ref _longest))
            {
                Interlocked.Exchange(ref _longest, late);
            }

            last = now;
        }
    }
}
