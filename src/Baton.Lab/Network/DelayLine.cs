namespace Baton.Lab;

/// <summary>
/// One direction of a network: what goes in comes out in order, later by the delay. An end (null) comes out behind everything else. Runs on any
/// clock. Thread-safe.
/// </summary>
public sealed class DelayLine : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<(long Due, byte[]? Bytes)> _inside = new();
    private readonly TimeProvider _time;
    private readonly Action<byte[]?> _deliver;
    private readonly ITimer _timer;
    private bool _isDelivering;
    private bool _isStalled;
    private long _latest;

    /// <param name="time">Clock.</param>
    /// <param name="deliver">Where it comes out.</param>
    public DelayLine(TimeProvider time, Action<byte[]?> deliver)
    {
        (_time, _deliver) = (time, deliver);
        _timer = time.CreateTimer(static state => ((DelayLine)state!).Deliver(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long something takes that goes in from now on.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Nothing comes out while it is set.</summary>
    public bool IsStalled
    {
        get => Volatile.Read(ref _isStalled);
        set
        {
            Volatile.Write(ref _isStalled, value);
            Deliver();
        }
    }

    /// <summary>Puts bytes in, or the end.</summary>
    public void Send(byte[]? bytes)
    {
        lock (_gate)
        {
            _latest = Math.Max(_latest, _time.GetTimestamp() + (long)(Delay.TotalSeconds * _time.TimestampFrequency));
            _inside.Enqueue((_latest, bytes));
        }

        Deliver();
    }

    /// <summary>Throws away what is inside.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _inside.Clear();
        }

        _timer.Dispose();
    }

    private void Deliver()
    {
        while (TryTake(out var bytes))
        {
            _deliver(bytes);
            lock (_gate)
            {
                _isDelivering = false;
            }
        }
    }

    private bool TryTake(out byte[]? bytes)
    {
        lock (_gate)
        {
            bytes = null;
            if (_isDelivering || _isStalled || _inside.Count == 0)
            {
                return false;
            }

            var wait = _inside.Peek().Due - _time.GetTimestamp();
            if (wait > 0)
            {
                _timer.Change(TimeSpan.FromSeconds((double)wait / _time.TimestampFrequency) + TimeSpan.FromTicks(1), Timeout.InfiniteTimeSpan);
                return false;
            }

            bytes = _inside.Dequeue().Bytes;
            return _isDelivering = true;
        }
    }
}
