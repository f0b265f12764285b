using Baton.Server.Engines;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// Which blocking commands wait on engines for which key, over all loops of a database, in the order they came. A plain server hears of a client's end
/// before it reads the push that comes after it; here both come to different loops, and the engine would give the element to nobody. So before a key
/// is written, those who are first in line for it are looked at. Thread-safe; costs writers one read of a counter while nobody waits.
/// </summary>
internal sealed class EngineWaiters
{
    /// <summary>One command looks at no more than this: each costs a system call.</summary>
    private const int MaxLooks = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<DatabaseKey, LinkedList<BlockedOnEngine>> _queues = [];
    private int _calls;

    /// <summary>Somebody waits.</summary>
    public bool Any => Volatile.Read(ref _calls) > 0;

    /// <summary>A call begins to wait.</summary>
    public void Add(BlockedOnEngine call)
    {
        lock (_lock)
        {
            _calls++;
            foreach (DatabaseKey key in call.Claim.Keys.Distinct())
            {
                if (!_queues.TryGetValue(key, out LinkedList<BlockedOnEngine>? queue))
                {
                    _queues[key] = queue = [];
                }

                queue.AddLast(call);
            }
        }
    }

    /// <summary>A call is over.</summary>
    public void Remove(BlockedOnEngine call)
    {
        lock (_lock)
        {
            _calls--;
            foreach (DatabaseKey key in call.Claim.Keys.Distinct())
            {
                if (_queues.TryGetValue(key, out LinkedList<BlockedOnEngine>? queue) && queue.Remove(call) && queue.Count == 0)
                {
                    _queues.Remove(key);
                }
            }
        }
    }

    /// <summary>Adds those whose client has gone, of the calls that would get the first <paramref name="elements"/> that come to a key.</summary>
    public void FindGone(DatabaseKey key, int elements, List<BlockedOnEngine> gone)
    {
        lock (_lock)
        {
            if (!_queues.TryGetValue(key, out LinkedList<BlockedOnEngine>? queue))
            {
                return;
            }

            int looks = 0;
            int here = 0;
            foreach (BlockedOnEngine call in queue)
            {
                if (looks++ == MaxLooks || here == elements)
                {
                    return;
                }

                if (call.HasClientGone)
                {
                    gone.Add(call);
                }
                else
                {
                    here++;
                }
            }
        }
    }

    /// <summary>The same when nobody knows which keys will be written: whoever is first in line for any.</summary>
    public void FindGone(List<BlockedOnEngine> gone)
    {
        lock (_lock)
        {
            gone.AddRange(_queues.Values.Take(MaxLooks).Select(static queue => queue.First!.Value).Where(static call => call.HasClientGone));
        }
    }
}
