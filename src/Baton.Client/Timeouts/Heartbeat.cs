namespace Baton.Client;

/// <summary>One timer for all waits of a client. Ticks do not overlap; a tick that would is left out.</summary>
internal sealed class Heartbeat : IDisposable
{
    /// <summary>A limit is noticed at most this late, plus what the machine is late by.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(25);

    private readonly ITimer _timer;
    private readonly Action _tick;
    private int _ticking;

    public Heartbeat(TimeProvider time, Action tick)
    {
        _tick = tick;
        _timer = time.CreateTimer(static state => ((Heartbeat)state!).Tick(), this, Period, Period);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        if (Interlocked.Exchange(ref _ticking, 1) != 0)
        {
            return;
        }

        try
        {
            _tick();
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }
}
