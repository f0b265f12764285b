using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy;

/// <summary>
/// One database as one loop sees it: its shards, its sessions, its open maintenance windows. Belongs to its loop's thread.
/// </summary>
internal sealed class LoopDatabase
{
    /// <summary>Pause between two looks for clients that say nothing.</summary>
    private const int IdleCheckMs = 1000;

    private LoopShard[] _shards = [];
    private IDisposable? _idleCheck;

    public LoopDatabase(ProxyLoop loop, DatabaseRoute route, AllLoopsDatabase allLoops)
    {
        (Loop, Route, AllLoops) = (loop, route, allLoops);
        Pause = new ClientPause(loop, allLoops);
        Apply(route);
    }

    /// <summary>Its loop.</summary>
    public ProxyLoop Loop { get; }

    /// <summary>The newest snapshot's row.</summary>
    public DatabaseRoute Route { get; private set; }

    /// <summary>What all loops know together.</summary>
    public AllLoopsDatabase AllLoops { get; }

    /// <summary>CLIENT PAUSE.</summary>
    public ClientPause Pause { get; }

    /// <summary>By first slot.</summary>
    public ReadOnlySpan<LoopShard> Shards => _shards;

    /// <summary>Keys are not looked at: everything goes to the one shard.</summary>
    public bool HasOneShard => _shards.Length == 1;

    /// <summary>Where commands without a key go.</summary>
    public LoopShard FirstShard => _shards[0];

    /// <summary>By client id.</summary>
    public Dictionary<long, ClientSession> Sessions { get; } = [];

    /// <summary>Openers not closed yet, in the order they were opened.</summary>
    public List<MaintenanceWindow> Windows { get; } = [];

    /// <summary>Time an upstream has for its handshake, and a command for an upstream.</summary>
    public long HandshakeTimeoutMs
    {
        get
        {
            TimeSpan limit = Route.Limits.HandshakeTimeout;
            return (long)(limit > TimeSpan.Zero ? limit : ProxyLimits.Default.HandshakeTimeout).TotalMilliseconds;
        }
    }

    /// <summary>The shard that holds a hash slot.</summary>
    public LoopShard ShardOf(int slot)
    {
        int low = 0;
        int high = _shards.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_shards[middle].Route.LastSlot < slot)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return _shards[low];
    }

    /// <summary>The shard with a uid, or null.</summary>
    public LoopShard? FindShard(int uid) => Array.Find(_shards, shard => shard.Route.Uid == uid);

    /// <summary>A new snapshot's row.</summary>
    public void Apply(DatabaseRoute route)
    {
        Route = route;
        List<LoopShard> shards = [];
        foreach (ShardRoute row in route.Shards)
        {
            LoopShard? known = FindShard(row.Uid);
            known?.Apply(row);
            shards.Add(known ?? new LoopShard(this, row));
        }

        WatchIdle();
        LoopShard[] gone = [.. _shards.Where(shard => !shards.Contains(shard))];
        _shards = [.. shards];
        foreach (LoopShard shard in gone)
        {
            shard.Close("the shard was removed");
        }
    }

    private void WatchIdle()
    {
        if (Route.Limits.IdleTimeoutSeconds > 0)
        {
            _idleCheck ??= Loop.Io.At(Loop.Io.NowMs + IdleCheckMs, CloseIdle);
        }
    }

    private void CloseIdle()
    {
        _idleCheck = null;
        long limitMs = Route.Limits.IdleTimeoutSeconds * 1000L;
        foreach (ClientSession session in limitMs == 0 ? [] : Sessions.Values.ToArray())
        {
            if (session.IsIdle && Loop.Io.NowMs - session.State.LastSeenMs > limitMs)
            {
                session.Close(CloseReason.Idle);
            }
        }

        WatchIdle();
    }

    /// <summary>The database is deleted, or the server stops.</summary>
    public void Close(CloseReason reason)
    {
        _idleCheck?.Dispose();
        foreach (ClientSession session in Sessions.Values.ToArray())
        {
            session.Close(reason);
        }

        foreach (LoopShard shard in _shards)
        {
            shard.Close(reason == CloseReason.DatabaseDeleted ? "the database was deleted" : "the server is stopping");
        }
    }
}
