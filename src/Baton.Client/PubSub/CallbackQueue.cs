using System.Collections.Concurrent;

namespace Baton.Client;

/// <summary>Runs callbacks on the thread pool, in order, one after another. Whoever adds one is never held up. Thread-safe.</summary>
internal sealed class CallbackQueue : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<Action> _callbacks = new();
    private int _count;

    /// <summary>Adds one.</summary>
    public void Add(Action callback)
    {
        _callbacks.Enqueue(callback);
        if (Interlocked.Increment(ref _count) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        do
        {
            _callbacks.TryDequeue(out var callback);
            callback!();
        }
        while (Interlocked.Decrement(ref _count) > 0);
    }
}
