using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Upstream;

/// <summary>
/// One shard as one loop sees it: where it serves, the lanes to it, who is blocked on it, and whether it is held. Belongs to its
/// loop's thread.
/// </summary>
internal sealed class LoopShard
{
    private SharedLane?[] _lanes = new SharedLane?[2];

    public LoopShard(LoopDatabase database, ShardRoute route)
    {
        (Database, Route, Target) = (database, route, route.Target);
        Support = EngineSupport.Of(Target.Capabilities);
        AllLoops = database.AllLoops.OfShard(route.Uid);
        Dedicated = new DedicatedPool(this);
        Scripts = new LoadedScripts(database.AllLoops.Scripts);
        Control = new SharedLane(this, protocol: 2, database: 0, ignoresHold: true);
    }

    /// <summary>Its loop.</summary>
    public ProxyLoop Loop => Database.Loop;

    /// <summary>Its database on this loop.</summary>
    public LoopDatabase Database { get; }

    /// <summary>Its row in the newest snapshot.</summary>
    public ShardRoute Route { get; private set; }

    /// <summary>Where commands go now; under a hold it may lag behind <see cref="Route"/>.</summary>
    public ShardTarget Target { get; private set; }

    /// <summary>What the target can do.</summary>
    public EngineSupport Support { get; private set; }

    /// <summary>Every live link, to any instance.</summary>
    public HashSet<ShardLink> Links { get; } = [];

    /// <summary>Replies owed on all of them; 0 = nothing is in flight.</summary>
    public int Outstanding { get; set; }

    /// <summary>Links for one session at a time.</summary>
    public DedicatedPool Dedicated { get; }

    /// <summary>What <see cref="Target"/> needs not be told again.</summary>
    public LoadedScripts Scripts { get; }

    /// <summary>For the proxy's own commands (CLIENT UNBLOCK, SCRIPT LOAD); open during a hold.</summary>
    public SharedLane Control { get; }

    /// <summary>Blocking commands that wait on this shard.</summary>
    public HashSet<BlockedOnEngine> Blocked { get; } = [];

    /// <summary>Replies owed to blocking commands, of <see cref="Outstanding"/>.</summary>
    public int BlockedOutstanding { get; set; }

    /// <summary>What all loops know of it together.</summary>
    public AllLoopsShard AllLoops { get; }

    /// <summary>Sessions whose state lives on a dedicated link to this shard and comes over after a switch (WATCH, tracking).</summary>
    public HashSet<IShardPassenger> Passengers { get; } = [];

    /// <summary>The same, of those that must be on the new master before the first command is (MONITOR, subscriptions).</summary>
    public HashSet<IPreparedPassenger> FirstPassengers { get; } = [];

    /// <summary>What is made ready on the target of a move that is under way; null = nothing.</summary>
    public LoopAhead? Ahead { get; set; }

    /// <summary>What comes over from the master before; null = nothing.</summary>
    public LoopCarry? Carry { get; set; }

    /// <summary>What waits for the end of the hold to ask the engine something.</summary>
    public List<Action> AfterHold { get; } = [];

    /// <summary>The closed gate, or null.</summary>
    public LoopHold? Hold { get; private set; }

    /// <summary>Records written keys, or null.</summary>
    public LoopTap? Tap { get; set; }

    /// <summary>The lane for a protocol version and database number.</summary>
    public SharedLane Lane(int protocol, int database)
    {
        int index = (database * 2) + protocol - 2;
        if (index >= _lanes.Length)
        {
            Array.Resize(ref _lanes, Math.Max(index + 1, _lanes.Length * 2));
        }

        return _lanes[index] ??= new SharedLane(this, protocol, database);
    }

    /// <summary>A new snapshot. A held shard keeps its target until the hold switches it or ends.</summary>
    public void Apply(ShardRoute route)
    {
        Route = route;
        if (Hold is null && route.Target != Target)
        {
            Retarget(route.Target);
        }
    }

    /// <summary>Commands go to another instance from now on.</summary>
    public void Retarget(ShardTarget target)
    {
        Target = target;
        Support = EngineSupport.Of(target.Capabilities);
        Scripts.Forget();
        Ahead = null;
        Dedicated.DropIdle();
        Control.Retarget();
        foreach (SharedLane? lane in _lanes)
        {
            lane?.Retarget();
        }
    }

    /// <summary>Closes the gate.</summary>
    public void BeginHold(LoopHold hold) => Hold = hold;

    /// <summary>A hold ends without a switch: a snapshot that came meanwhile counts now.</summary>
    public void CatchUpWithRoute()
    {
        if (Route.Target != Target)
        {
            Retarget(Route.Target);
        }
    }

    /// <summary>Opens the gate; what lanes kept goes first, it is older than what sessions kept.</summary>
    public void EndHold()
    {
        Hold = null;
        foreach (SharedLane? lane in _lanes)
        {
            lane?.OnReleased();
        }

        Action[] waiting = [.. AfterHold];
        AfterHold.Clear();
        foreach (Action ask in waiting)
        {
            ask();
        }
    }

    /// <summary>Everything has come over from the old master: what lanes kept for that may go.</summary>
    public void OnCarried()
    {
        foreach (SharedLane? lane in _lanes)
        {
            lane?.OnReleased();
        }
    }

    /// <summary>Replies have come or were lost.</summary>
    public void OnAnswered()
    {
        Hold?.OnAnswered();
        Tap?.OnAnswered();
    }

    /// <summary>The database or the server ends.</summary>
    public void Close(string detail)
    {
        Hold?.Abandon();
        Tap?.Detach();
        Control.Close(detail);
        Dedicated.DropIdle();
        foreach (SharedLane? lane in _lanes)
        {
            lane?.Close(detail);
        }

        foreach (ShardLink link in Links.ToArray())
        {
            link.Close(CloseReason.ServerStopping, detail);
        }
    }
}
