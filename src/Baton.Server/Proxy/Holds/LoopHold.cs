using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// One loop's part of a hold: the closed gate of one shard.
/// <code>
/// Draining --nothing in flight--> Drained --Switch--> Switched --Release--> (gone)
///     \------------------ Release ----^-----------------^
/// </code>
/// Belongs to its loop's thread.
/// </summary>
internal sealed class LoopHold
{
    private readonly LoopShard _shard;
    private readonly Queue<ClientSession> _parked = new();
    private Action? _onDrained;
    private bool _switched;

    public LoopHold(LoopShard shard, Action onDrained) => (_shard, _onDrained) = (shard, onDrained);

    /// <summary>Sessions that wait with a command for the shard.</summary>
    public int ParkedCount => _parked.Count;

    /// <summary>Closes the gate and asks blocked commands to come back.</summary>
    public void Begin()
    {
        _shard.BeginHold(this);
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
        if (_onDrained is { } drained && _shard.Outstanding == 0)
        {
            _onDrained = null;
            drained();
        }
    }

    /// <summary>Takes everything that lives on the shard to the new target; <paramref name="done"/> when it is there.</summary>
    public void Switch(ShardTarget target, IReadOnlyList<byte[]> scripts, Action done)
    {
        int open = 1;
        void Step()
        {
            if (--open == 0)
            {
                // All links are there: the commands go out in one turn, in the order in which they had blocked.
                ReissueBlocked();
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

    /// <summary>Opens the gate: blocked commands first, then lanes, then sessions in the order they parked.</summary>
    public void Release()
    {
        if (_shard.Hold != this)
        {
            return;
        }

        _onDrained = null;
        if (!_switched)
        {
            _shard.CatchUpWithRoute();
        }

        ReissueBlocked();
        _shard.EndHold();
        while (_parked.TryDequeue(out ClientSession? session))
        {
            session.Unpark();
        }
    }

    /// <summary>The shard's database ends while it is held.</summary>
    public void Abandon()
    {
        Action? drained = _onDrained;
        _onDrained = null;
        drained?.Invoke();
    }

    private void ReissueBlocked()
    {
        foreach (BlockedCall blocked in _shard.Blocked.ToArray())
        {
            blocked.Reissue();
        }
    }
}
