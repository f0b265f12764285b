namespace Baton.Client;

/// <summary>One beat for all waits of a client. Ticks do not overlap; a tick that would is left out.</summary>
internal sealed class Heartbeat : IDisposable
{
    /// <summary>A limit is noticed at most this late, plus what the machine is late by.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(25);

    private readonly IDisposable _beats;
    private readonly Action _tick;
    private int _ticking;

    public Heartbeat(TimeProvider time, Action tick)
    {
        _tick = tick;
        _beats = time == TimeProvider.System
            ? HeartbeatThread.Add(this)
            : time.CreateTimer(static state => ((Heartbeat)state!).Tick(), this, Period, Period);
    }

    /// <inheritdoc/>
    public void Dispose() => _beats.Dispose();

    /// <summary>Now, unless a tick is under way.</summary>
    public void Tick()
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
