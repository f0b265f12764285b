namespace Baton.Server.Proxy.Io;

/// <summary>The timers of one loop: a heap by due time, first set first served when equal. Belongs to its loop's thread.</summary>
internal sealed class LoopTimers
{
    /// <summary>Due times are rounded up to this many milliseconds, so that timers set close together share one wake-up.</summary>
    internal const int HeartbeatMs = 10;

    private const int CompactFrom = 64;

    private readonly PriorityQueue<Timer, (long DueMs, long Order)> _heap = new();
    private long _order;
    private int _cancelled;

    /// <summary>When the next one is due, or <see cref="long.MaxValue"/>.</summary>
    internal long NextDueMs => _heap.TryPeek(out _, out var key) ? key.DueMs : long.MaxValue;

    internal int Count => _heap.Count;

    internal IDisposable Add(long dueMs, Action action)
    {
        long due = Math.Max(0, dueMs);
        due = due > long.MaxValue - HeartbeatMs ? long.MaxValue : (due + HeartbeatMs - 1) / HeartbeatMs * HeartbeatMs;
        var timer = new Timer(this, action);
        _heap.Enqueue(timer, (due, _order++));
        return timer;
    }

    /// <summary>Takes the next action that is due, in order.</summary>
    internal bool TryTake(long nowMs, out Action action)
    {
        while (_heap.TryPeek(out var timer, out var key) && key.DueMs <= nowMs)
        {
            _heap.Dequeue();
            if (timer.Take() is { } due)
            {
                action = due;
                return true;
            }

            _cancelled--;
        }

        action = static () => { };
        return false;
    }

    // A cancelled timer stays in the heap until it is due; long ones that are cancelled again and again must not pile up.
    private void NoteCancelled()
    {
        if (++_cancelled < CompactFrom || _cancelled * 2 < _heap.Count)
        {
            return;
        }

        var live = _heap.UnorderedItems.Where(static item => item.Element.IsSet).ToArray();
        _heap.Clear();
        _heap.EnqueueRange(live);
        _cancelled = 0;
    }

    private sealed class Timer(LoopTimers owner, Action action) : IDisposable
    {
        private Action? _action = action;

        internal bool IsSet => _action is not null;

        internal Action? Take()
        {
            var taken = _action;
            _action = null;
            return taken;
        }

        public void Dispose()
        {
            if (Take() is not null)
            {
                owner.NoteCancelled();
            }
        }
    }
}
