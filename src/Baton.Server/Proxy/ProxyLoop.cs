using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy;

/// <summary>Everything of the data path that lives on one event loop. Touched only on that loop's thread, hence without locks.</summary>
internal sealed class ProxyLoop
{
    private readonly Dictionary<int, LoopDatabase> _databases = [];
    /// <summary>Scanners and buffers kept for the next session that needs one.</summary>
    private const int MostKept = 256;

    private readonly Stack<StreamSlot> _slots = new();
    private readonly Stack<RequestScanner> _scanners = new();
    private readonly Stack<InputBuffer> _inputs = new();
    private readonly long[] _closedBy = new long[Enum.GetValues<CloseReason>().Length];
    private long _nextClient;
    private int _turn;

    public ProxyLoop(DataPlane plane, ILoop io) => (Plane, Io) = (plane, io);

    /// <summary>The whole.</summary>
    public DataPlane Plane { get; }

    /// <summary>Sockets, timers, clock.</summary>
    public ILoop Io { get; }

    /// <summary>Where a notification is written before it is pushed.</summary>
    public OutputBuffer PushFrame { get; } = new();

    /// <summary>The newest snapshot.</summary>
    public ProxySnapshot Snapshot { get; private set; } = ProxySnapshot.Empty;

    /// <summary>By bdb uid.</summary>
    public IReadOnlyDictionary<int, LoopDatabase> Databases => _databases;

    /// <summary>Commands answered; read from other threads, written here.</summary>
    public long Commands;

    /// <summary>Maintenance pushes sent.</summary>
    public long Notifications;

    /// <summary>Open client connections.</summary>
    public long Connections;

    /// <summary>Of these, opted in.</summary>
    public long OptedIn;

    /// <summary>Shared upstream connections given up because they had come to mean something else.</summary>
    public long ChangedLanes;

    /// <summary>Tells and counts a shared upstream connection that had come to mean something else.</summary>
    public void NoteChangedLane(LoopShard shard, string why)
    {
        ChangedLanes++;
        Plane.Report($"loop {Io.Index}: a shared connection to shard {shard.Route.Uid} is given up: {why}; clients' commands go on another one");
    }

    /// <summary>Connections closed, by reason.</summary>
    public long ClosedBy(CloseReason reason) => Volatile.Read(ref _closedBy[(int)reason]);

    /// <summary>Counts a closed connection.</summary>
    public void NoteClosed(CloseReason reason) => _closedBy[(int)reason]++;

    /// <summary>A client id no other loop gives.</summary>
    public long NextClientId() => (++_nextClient * Plane.LoopCount) + Io.Index;

    /// <summary>A number that grows with each call: to begin at another shard each time.</summary>
    public int NextTurn() => _turn++ & int.MaxValue;

    /// <summary>A slot for streamed replies, from the pool.</summary>
    public StreamSlot RentSlot() => _slots.TryPop(out StreamSlot? slot) ? slot : new StreamSlot(_slots);

    /// <summary>A scanner for a session with something to look at; between commands it needs none.</summary>
    public RequestScanner RentScanner() => _scanners.TryPop(out RequestScanner? scanner) ? scanner : new RequestScanner();

    /// <summary>A scanner that is not in the middle of a command is not needed any more.</summary>
    public void Return(RequestScanner scanner)
    {
        if (_scanners.Count < MostKept)
        {
            _scanners.Push(scanner);
        }
    }

    /// <summary>An empty buffer for a session whose input waits.</summary>
    public InputBuffer RentInput() => _inputs.TryPop(out InputBuffer? input) ? input : new InputBuffer();

    /// <summary>An empty buffer is not needed any more.</summary>
    public void Return(InputBuffer input)
    {
        if (_inputs.Count < MostKept)
        {
            _inputs.Push(input);
        }
    }

    /// <summary>The shard with a uid, in whichever database.</summary>
    public LoopShard? FindShard(int shardUid)
    {
        foreach (LoopDatabase database in _databases.Values)
        {
            if (database.FindShard(shardUid) is { } shard)
            {
                return shard;
            }
        }

        return null;
    }

    /// <summary>A new snapshot: databases come, change and go.</summary>
    public void Apply(ProxySnapshot snapshot)
    {
        Snapshot = snapshot;
        foreach (DatabaseRoute route in snapshot.Databases.Values)
        {
            if (_databases.TryGetValue(route.Uid, out LoopDatabase? known))
            {
                known.Apply(route);
            }
            else
            {
                _databases[route.Uid] = new LoopDatabase(this, route, Plane.AllLoopsOf(route.Uid));
            }
        }

        foreach (int uid in _databases.Keys.Where(uid => !snapshot.Databases.ContainsKey(uid)).ToArray())
        {
            _databases.Remove(uid, out LoopDatabase? gone);
            gone!.Close(CloseReason.DatabaseDeleted);
        }
    }

    /// <summary>The server stops.</summary>
    public void Close()
    {
        foreach (LoopDatabase database in _databases.Values)
        {
            database.Close(CloseReason.ServerStopping);
        }
    }
}
