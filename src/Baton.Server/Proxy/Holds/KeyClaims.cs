using Baton.Server.Engines;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// Who watches or waits for which key of one shard, over all loops. Kept while clients say so, and not made when a shard moves: the moment it does,
/// every claim is <em>behind</em>, on the old master, at the cost of one number.
/// <code>
/// Add, Carried: on the master --BeginMove--> behind --Carried (it has come over)--> on the master        Remove: gone, from wherever
/// </code>
/// Commands that would write a key, or wait for it, while a claim on it is behind wait until none is: so a WATCH misses no write, and whoever has
/// waited longest is served first. Claims that are ordered come over one after the other. Thread-safe; callbacks run on any thread. Costs the data path
/// one read of a number while nothing is behind.
/// </summary>
internal sealed class KeyClaims
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DatabaseKey, Row> _rows = [];
    private List<Action> _waitingForAll = [];
    private ShardTarget? _target;
    private long _move;
    private int _here;
    private int _behind;

    /// <summary>Claims are on the old master still.</summary>
    public bool AnyBehind => Volatile.Read(ref _behind) > 0;

    /// <summary>A claim is made on the master. One without keys concerns nobody else.</summary>
    public KeyClaim Add(IEnumerable<DatabaseKey> keys, bool isOrdered)
    {
        KeyClaim claim = new(keys, isOrdered);
        lock (_lock)
        {
            claim.Move = _move;
            _here += claim.Keys.Length > 0 ? 1 : 0;
            for (int i = 0; i < claim.Keys.Length; i++)
            {
                Row row = RowOf(claim.Keys[i]);
                row.Here++;
                if (claim.Nodes is { } nodes)
                {
                    nodes[i] = row.Queue.AddLast(claim);
                }
            }
        }

        return claim;
    }

    /// <summary>The shard has another master: all that is claimed is behind.</summary>
    public void BeginMove(ShardTarget target)
    {
        lock (_lock)
        {
            _target = target;
            _move++;
            Volatile.Write(ref _behind, _behind + _here);
            _here = 0;
        }
    }

    /// <summary>It has come over to <paramref name="target"/>. When the shard has gone on from there meanwhile, it is behind still.</summary>
    public void Carried(KeyClaim claim, ShardTarget target) => Settle(claim, target);

    /// <summary>It is over, wherever it was.</summary>
    public void Remove(KeyClaim claim) => Settle(claim, cameTo: null);

    /// <summary>No ordered claim behind stands before it on any of its keys; else <paramref name="onTurn"/> runs when that is so.</summary>
    public bool IsNext(KeyClaim claim, Action onTurn)
    {
        lock (_lock)
        {
            if (claim.IsOver || IsNext(claim))
            {
                return true;
            }

            claim.OnTurn = onTurn;
            return false;
        }
    }

    /// <summary>A claim on the key is behind; <paramref name="resume"/> runs when none is any more.</summary>
    public bool MustWait(DatabaseKey key, Action resume)
    {
        lock (_lock)
        {
            if (_behind == 0 || !_rows.ContainsKey(key) || RowOf(key) is not { Behind: > 0 } row)
            {
                return false;
            }

            (row.Waiting ??= []).Add(resume);
            return true;
        }
    }

    /// <summary>A claim on whichever key is behind; <paramref name="resume"/> runs when none is any more.</summary>
    public bool MustWaitForAll(Action resume)
    {
        lock (_lock)
        {
            if (_behind == 0)
            {
                return false;
            }

            _waitingForAll.Add(resume);
            return true;
        }
    }

    private void Settle(KeyClaim claim, ShardTarget? cameTo)
    {
        List<Action> free = [];
        lock (_lock)
        {
            bool wasBehind = claim.Move < _move;
            bool isOver = cameTo is null;
            if (claim.IsOver || (!isOver && (!wasBehind || cameTo != _target)))
            {
                return;
            }

            (claim.IsOver, claim.Move) = (isOver, _move);
            for (int i = 0; i < claim.Keys.Length; i++)
            {
                SettleOn(claim, i, wasBehind, free);
            }

            CountOut(claim, wasBehind, free);
            foreach (DatabaseKey key in claim.Keys)
            {
                WakeNext(key, free);
            }
        }

        free.ForEach(static action => action());
    }

    private void SettleOn(KeyClaim claim, int index, bool wasBehind, List<Action> free)
    {
        Row row = RowOf(claim.Keys[index]);
        row.Behind -= wasBehind ? 1 : 0;
        row.Here += (claim.IsOver ? 0 : 1) - (wasBehind ? 0 : 1);
        if (claim.Nodes?[index] is { } node)
        {
            while (row.Next is { } next && next.Value.Move >= _move)
            {
                row.Next = next.Next;
            }

            if (claim.IsOver)
            {
                row.Queue.Remove(node);
            }
        }

        if (row.Behind == 0 && row.Waiting is { } waiting)
        {
            row.Waiting = null;
            free.AddRange(waiting);
        }

        if (row.Behind + row.Here == 0)
        {
            _rows.Remove(claim.Keys[index]);
        }
    }

    private void CountOut(KeyClaim claim, bool wasBehind, List<Action> free)
    {
        if (claim.Keys.Length == 0)
        {
            return;
        }

        _here += (claim.IsOver ? 0 : 1) - (wasBehind ? 0 : 1);
        Volatile.Write(ref _behind, _behind - (wasBehind ? 1 : 0));
        if (_behind == 0)
        {
            free.AddRange(_waitingForAll);
            _waitingForAll = [];
        }
    }

    private void WakeNext(DatabaseKey key, List<Action> free)
    {
        if (_rows.TryGetValue(key, out Row? row) && row.Next?.Value is { OnTurn: { } onTurn } next && IsNext(next))
        {
            next.OnTurn = null;
            free.Add(onTurn);
        }
    }

    private bool IsNext(KeyClaim claim)
    {
        if (claim.Nodes is not { } nodes || claim.Move >= _move)
        {
            return true;
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            if (RowOf(claim.Keys[i]).Next != nodes[i])
            {
                return false;
            }
        }

        return true;
    }

    // What a move changed is seen here, when somebody looks at the key.
    private Row RowOf(DatabaseKey key)
    {
        if (!_rows.TryGetValue(key, out Row? row))
        {
            _rows[key] = row = new Row { Move = _move };
        }

        if (row.Move < _move)
        {
            (row.Behind, row.Here) = (row.Behind + row.Here, 0);
            (row.Next, row.Move) = (row.Queue.First, _move);
        }

        return row;
    }

    private sealed class Row
    {
        public long Move;
        public int Here;
        public int Behind;
        public LinkedListNode<KeyClaim>? Next;
        public List<Action>? Waiting;

        public LinkedList<KeyClaim> Queue { get; } = [];
    }
}
