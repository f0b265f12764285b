namespace Baton.Cli.Bench.Handoff.Relay;

/// <summary>
/// One direction of a network: what goes in comes out in order, later by the delay. An end (null) comes out behind everything else. Thread-safe.
/// </summary>
internal sealed class DelayLine : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<(long Due, byte[]? Bytes)> _inside = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _delay;
    private readonly Action<byte[]?> _deliver;
    private readonly ITimer _timer;
    private bool _isDelivering;

    /// <param name="time">Clock.</param>
    /// <param name="delay">How long everything takes.</param>
    /// <param name="deliver">Where it comes out.</param>
    public DelayLine(TimeProvider time, TimeSpan delay, Action<byte[]?> deliver)
    {
        (_time, _delay, _deliver) = (time, delay, deliver);
        _timer = time.CreateTimer(static state => ((DelayLine)state!).Deliver(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Puts bytes in, or the end.</summary>
    public void Send(byte[]? bytes)
    {
        lock (_gate)
        {
            _inside.Enqueue((_time.GetTimestamp() + (long)(_delay.TotalSeconds * _time.TimestampFrequency), bytes));
        }

        Deliver();
    }

    /// <inheritdoc/>
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
            if (_isDelivering || _inside.Count == 0)
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
