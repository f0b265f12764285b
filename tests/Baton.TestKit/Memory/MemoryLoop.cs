using System.Collections.Concurrent;
using System.Net;
using Baton.Server.Proxy.Io;

namespace Baton.TestKit.Memory;

/// <summary>One loop of a <see cref="MemoryDriver"/>.</summary>
internal sealed class MemoryLoop : ILoop
{
    private readonly MemoryDriver _driver;
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly SortedDictionary<(long DueMs, long Order), Action> _timers = [];
    private long _order;

    public MemoryLoop(MemoryDriver driver, int index) => (_driver, Index) = (driver, index);

    /// <inheritdoc/>
    public int Index { get; }

    /// <inheritdoc/>
    public long NowMs => _driver.Clock.NowMs;

    /// <summary>When the next timer is due.</summary>
    public long NextTimerMs => _timers.Count == 0 ? long.MaxValue : _timers.First().Key.DueMs;

    /// <inheritdoc/>
    public void Post(Action action) => _posted.Enqueue(action);

    /// <inheritdoc/>
    public IDisposable At(long dueMs, Action action)
    {
        (long, long) key = (Math.Max(dueMs, NowMs), _order++);
        _timers.Add(key, action);
        return new Timer(this, key);
    }

    /// <inheritdoc/>
    public IConnection Connect(EndPoint address, IConnectionHandler handler) => _driver.Connect(this, address, handler);

    internal bool RunPosted()
    {
        int count = _posted.Count;
        for (int i = 0; i < count && _posted.TryDequeue(out Action? action); i++)
        {
            NoteDone();
            action();
        }

        return count > 0;
    }

    internal void RunTimers()
    {
        while (_timers.Count > 0 && _timers.First() is var first && first.Key.DueMs <= NowMs)
        {
            _timers.Remove(first.Key);
            NoteDone();
            first.Value();
        }
    }

    private void NoteDone() => _driver.DoneByProxy += Index >= 0 ? 1 : 0;

    private sealed class Timer(MemoryLoop loop, (long, long) key) : IDisposable
    {
        public void Dispose() => loop._timers.Remove(key);
    }
}
