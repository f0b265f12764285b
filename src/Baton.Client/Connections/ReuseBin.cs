using System.Collections.Concurrent;

namespace Baton.Client;

/// <summary>Used objects: a few per thread, the rest shared. Bounded, so that a burst is forgotten.</summary>
/// <typeparam name="T">One kind of object.</typeparam>
internal static class ReuseBin<T>
    where T : class
{
    private const int PerThread = 32;
    private const int Shared = 1024;

    private static readonly ConcurrentQueue<T> Overflow = new();
    private static int _overflowCount;

    [ThreadStatic]
    private static T?[]? _own;

    [ThreadStatic]
    private static int _ownCount;

    /// <summary>One that is free, or null.</summary>
    public static T? TryTake()
    {
        if (_ownCount > 0)
        {
            var own = _own!;
            var taken = own[--_ownCount];
            own[_ownCount] = null;
            return taken;
        }

        if (Volatile.Read(ref _overflowCount) > 0 && Overflow.TryDequeue(out var shared))
        {
            Interlocked.Decrement(ref _overflowCount);
            return shared;
        }

        return null;
    }

    /// <summary>Gives one back.</summary>
    public static void Return(T used)
    {
        var own = _own ??= new T?[PerThread];
        if (_ownCount < PerThread)
        {
            own[_ownCount++] = used;
        }
        else if (Volatile.Read(ref _overflowCount) < Shared)
        {
            Interlocked.Increment(ref _overflowCount);
            Overflow.Enqueue(used);
        }
    }
}
