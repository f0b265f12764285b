namespace Baton.Server.Proxy.Holds;

/// <summary>What all loops know of one shard together. Thread-safe.</summary>
internal sealed class AllLoopsShard
{
    private readonly Lock _lock = new();
    private int _blockedOnMaster;
    private long _move;

    /// <summary>Who watches or waits for which key.</summary>
    public KeyClaims Claims { get; } = new();

    /// <summary>Who publishes and who unsubscribes, where they must not meet.</summary>
    public PublishGate Publishing { get; } = new();

    /// <summary>Blocking commands that were sent to the master and are not answered.</summary>
    public int BlockedOnMaster
    {
        get
        {
            lock (_lock)
            {
                return _blockedOnMaster;
            }
        }
    }

    /// <summary>The shard has another master: what was claimed and what blocks is on the one before.</summary>
    public void BeginMove(ShardTarget target)
    {
        Claims.BeginMove(target);
        lock (_lock)
        {
            _blockedOnMaster = 0;
            _move++;
        }
    }

    /// <summary>A blocking command is sent to the master; the move is for <see cref="EndBlocked"/>.</summary>
    public long BeginBlocked()
    {
        lock (_lock)
        {
            _blockedOnMaster++;
            return _move;
        }
    }

    /// <summary>It is answered, lost or given up.</summary>
    public void EndBlocked(long move)
    {
        lock (_lock)
        {
            _blockedOnMaster -= move == _move ? 1 : 0;
        }
    }
}
