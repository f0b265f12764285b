using System.Collections.Concurrent;
using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy;

/// <summary>What all loops know of one database together. Thread-safe.</summary>
internal sealed class AllLoopsDatabase
{
    private readonly ConcurrentDictionary<int, AllLoopsShard> _shards = new();
    private int _clients;
    private int _blocked;

    /// <summary>Scripts its clients have sent.</summary>
    public ScriptCache Scripts { get; } = new();

    /// <summary>Blocking commands the proxy waits for itself.</summary>
    public ProxyWaiters ProxyWaiters { get; } = new();

    /// <summary>Blocking commands that wait on engines.</summary>
    public EngineWaiters EngineWaiters { get; } = new();

    /// <summary>Its clients that have not given the password yet.</summary>
    public UnauthenticatedClients Unauthenticated { get; } = new();

    /// <summary>Open client connections over all loops.</summary>
    public int Clients => Volatile.Read(ref _clients);

    /// <summary>Clients whose blocking command waits on an engine, over all loops.</summary>
    public int BlockedClients => Volatile.Read(ref _blocked);

    /// <summary>What all loops know of one of its shards.</summary>
    public AllLoopsShard OfShard(int shardUid) => _shards.GetOrAdd(shardUid, static _ => new AllLoopsShard());

    /// <summary>A blocking command was sent (+1) or is over (-1).</summary>
    public void CountBlocked(int change) => Interlocked.Add(ref _blocked, change);

    /// <summary>
    /// Counts a new connection; false when <paramref name="limit"/> (0 = none) is reached by clients that have given the password, or need none.
    /// </summary>
    public bool TryAdmit(int limit)
    {
        if (Interlocked.Increment(ref _clients) <= limit || limit == 0 || Unauthenticated.TryDisplace())
        {
            return true;
        }

        Interlocked.Decrement(ref _clients);
        return false;
    }

    /// <summary>A connection has ended.</summary>
    public void Release() => Interlocked.Decrement(ref _clients);
}
