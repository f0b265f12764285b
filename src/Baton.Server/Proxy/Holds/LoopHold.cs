using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// One loop's part of a hold: the closed gate of one shard.
/// <code>
/// Draining --only blocked commands in flight--> Drained --Recall, nothing in flight--> Empty --Switch--> Switched --Release--> (gone)
///     \---------------------- Release -------------^--------------------------------------^-----------------^
/// </code>
/// Blocked commands are recalled only when every loop is drained: while a push may still arrive, an engine can hand its element to a
/// command that has
/// just been unblocked, and nobody gets it (Garnet does). Belongs to its loop's thread.
/// </summary>
internal sealed class LoopHold
{
    private readonly LoopShard _shard;
    private readonly Queue<ClientSession> _parked = new();
    private Action? _onDrained;
    private Action? _onEmpty;
    private bool _switched;

    public LoopHold(LoopShard shard, Action onDrained) => (_shard, _onDrained) = (shard, onDrained);

    /// <summary>Sessions that wait with a command for the shard.</summary>
    public int ParkedCount => _parked.Count;

    /// <summary>The shard has another target: what is sent now runs there.</summary>
    public bool IsSwitched => _switched;

    /// <summary>Closes the gate.</summary>
    public void Begin()
    {
        _shard.BeginHold(this);
        OnAnswered();
    }

    /// <summary>
    /// Every loop is drained: asks blocked commands to come back; <paramref name="onEmpty"/> when nothing at all is in flight.
    /// </summary>
    public void Recall(Action onEmpty)
    {
        if (_shard.Hold != this)
        {
            return;
        }

        _onEmpty = onEmpty;
        foreach (BlockedCall blocked in _shard.Blocked.ToArray())
        {
            blocked.Recall();
        }

        OnAnswered();
    }

    /// <summary>A session has a command for the shard; it is resumed in this order.</summary>
    public void Park(ClientSession session) => _parked.Enqueue(session);

    /// <summary>Replies have come: is anything left in flight?</summary>
    public void OnAnswered()
    {
        if (_onDrained is { } drained && _shard.Outstanding == _shard.BlockedOutstanding)
        {
            _onDrained = null;
            drained();
        }

        if (_onEmpty is { } empty && _shard.Outstanding == 0)
        {
            _onEmpty = null;
            empty();
        }
    }

    /// <summary>
    /// Takes everything that lives on the shard to the new target; <paramref name="done"/> when it is there. Blocked commands get a link; they are sent
    /// when every loop is ready (<see cref="BlockedReissue"/>).
    /// </summary>
    public void Switch(ShardTarget target, IReadOnlyList<byte[]> scripts, Action done)
    {
        int open = 1;
        void Step()
        {
            if (--open == 0)
            {
                done();
            }
        }

        _switched = true;
        _shard.Retarget(target);
        if (scripts.Count > 0)
        {
            open++;
            ScriptReload.Start(_shard, scripts, Step);
        }

        foreach (IShardPassenger passenger in _shard.Passengers.ToArray())
        {
            open++;
            passenger.OnSwitch(_shard, Step);
        }

        foreach (BlockedCall blocked in _shard.Blocked.ToArray())
        {
            open++;
            blocked.Prepare(Step);
        }

        Step();
    }

    /// <summary>Opens the gate: lanes first, then sessions in the order they parked.</summary>
    public void Release()
    {
        if (_shard.Hold != this)
        {
            return;
        }

        _onDrained = _onEmpty = null;
        if (!_switched)
        {
            _shard.CatchUpWithRoute();
        }

        _shard.EndHold();
        while (_parked.TryDequeue(out ClientSession? session))
        {
            session.Unpark();
        }
    }

    /// <summary>The shard's database ends while it is held.</summary>
    public void Abandon()
    {
        Action? waiting = _onDrained ?? _onEmpty;
        _onDrained = _onEmpty = null;
        waiting?.Invoke();
    }
}
