namespace Baton.Client;

/// <summary>
/// Milliseconds since the client was made, as of the last heartbeat: reading it costs nothing, and what it is late by is known
/// (<see cref="Heartbeat.Period"/>). Thread-safe.
/// </summary>
internal sealed class CoarseClock
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private long _nowMs;

    public CoarseClock(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
    }

    /// <summary>The time of the last heartbeat.</summary>
    public long NowMs => Volatile.Read(ref _nowMs);

    /// <summary>The time now.</summary>
    public long PreciseMs => (long)_time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>A moment, for <see cref="Between"/>.</summary>
    public long Timestamp => _time.GetTimestamp();

    /// <summary>The time between two moments.</summary>
    public TimeSpan Between(long timestamp, long later) => _time.GetElapsedTime(timestamp, later);

    /// <summary>Reads the clock; called by the heartbeat.</summary>
    public long Advance()
    {
        var now = PreciseMs;
        Volatile.Write(ref _nowMs, now);
        return now;
    }
}
