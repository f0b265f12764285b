using Baton.Server.Engines;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// Who waits for which key, over all loops of a database, in the order they came: the first one is woken, and only when it got what
/// it wanted (or
/// went away) the next. Thread-safe; costs writers one read of a counter while nobody waits.
/// </summary>
internal sealed class ProxyWaiters
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DatabaseKey, LinkedList<BlockedInProxy>> _queues = [];
    private int _calls;

    /// <summary>Somebody waits.</summary>
    public bool Any => Volatile.Read(ref _calls) > 0;

    /// <summary>Puts a call at the end of its keys' queues.</summary>
    public void Add(BlockedInProxy call)
    {
        lock (_lock)
        {
            _calls++;
            foreach (DatabaseKey key in call.Keys.Distinct())
            {
                if (!_queues.TryGetValue(key, out LinkedList<BlockedInProxy>? queue))
                {
                    _queues[key] = queue = [];
                }

                queue.AddLast(call);
            }
        }
    }

    /// <summary>A call is over; whoever is first now looks whether there is more.</summary>
    public void Remove(BlockedInProxy call)
    {
        lock (_lock)
        {
            _calls--;
            foreach (DatabaseKey key in call.Keys.Distinct())
            {
                if (_queues.TryGetValue(key, out LinkedList<BlockedInProxy>? queue) && queue.Remove(call))
                {
                    if (queue.First is { } next)
                    {
                        next.Value.Wake();
                    }
                    else
                    {
                        _queues.Remove(key);
                    }
                }
            }
        }
    }

    /// <summary>Of these keys, those somebody waits for.</summary>
    public bool IsWaited(DatabaseKey key)
    {
        lock (_lock)
        {
            return _queues.ContainsKey(key);
        }
    }

    /// <summary>It is the first who waits for one of its keys.</summary>
    public bool IsFirst(BlockedInProxy call)
    {
        lock (_lock)
        {
            return call.Keys.Any(key => _queues.TryGetValue(key, out LinkedList<BlockedInProxy>? queue) && queue.First!.Value == call);
        }
    }

    /// <summary>A key has been written.</summary>
    public void Wake(DatabaseKey key)
    {
        lock (_lock)
        {
            if (_queues.TryGetValue(key, out LinkedList<BlockedInProxy>? queue))
            {
                queue.First!.Value.Wake();
            }
        }
    }

    /// <summary>Any key may have been written.</summary>
    public void WakeAll()
    {
        lock (_lock)
        {
            foreach (LinkedList<BlockedInProxy> queue in _queues.Values)
            {
                queue.First!.Value.Wake();
            }
        }
    }

    /// <summary>A call cannot use what its keys hold now; the ones behind it perhaps can.</summary>
    public void WakeBehind(BlockedInProxy call)
    {
        lock (_lock)
        {
            foreach (DatabaseKey key in call.Keys.Distinct())
            {
                if (_queues.TryGetValue(key, out LinkedList<BlockedInProxy>? queue))
                {
                    queue.Find(call)?.Next?.Value.Wake();
                }
            }
        }
    }
}
