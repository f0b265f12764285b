using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// One loop's part of a hold: the closed gate of one shard.
/// <code>
/// Draining --only blocked commands in flight--> Drained --Switch--> Switched --Release--> (gone)
///     \---------------- Release --------------------^------------------^
/// </code>
/// Blocked commands stay where they are: nothing comes for them while nobody writes, and after a switch they come over (<see cref="LoopCarry"/>).
/// Nothing here grows with what clients hold. Belongs to its loop's thread.
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

    /// <summary>Closes the gate.</summary>
    public void Begin()
    {
        _shard.BeginHold(this);
        OnAnswered();
    }

    /// <summary>Calls back when nothing at all is in flight, not even a blocked command.</summary>
    public void WhenEmpty(Action onEmpty)
    {
        if (_shard.Hold == this)
        {
            _onEmpty = onEmpty;
            OnAnswered();
        }
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

    /// <summary>Points the loop at the new target; <paramref name="done"/> when what must be there before the first command is there.</summary>
    public void Switch(ShardTarget target, ScriptLoading? scripts, Action done)
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
        LoopAhead? ahead = _shard.Ahead is { HasMonitors: true } made && made.Target == target ? made : null;
        _shard.Carry?.Stop();
        _shard.Retarget(target);
        if (ahead is not null)
        {
            open++;
            ahead.MarkForMonitors(Step);
        }

        if (scripts is not null)
        {
            open++;
            scripts.LoadFew(_shard.Control, Step);
        }

        foreach (IShardPassenger passenger in _shard.FirstPassengers.ToArray())
        {
            open++;
            passenger.OnSwitch(_shard, Step);
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
        LetGo();
    }

    /// <summary>The shard's database ends while it is held.</summary>
    public void Abandon()
    {
        Action? waiting = _onDrained ?? _onEmpty;
        _onDrained = _onEmpty = null;
        waiting?.Invoke();
    }

    private void LetGo()
    {
        for (int i = 0; i < DataPlane.FanOutSlice && _parked.TryDequeue(out ClientSession? session); i++)
        {
            session.Unpark();
        }

        if (_parked.Count > 0)
        {
            _shard.Loop.Io.Post(LetGo);
        }
    }
}
