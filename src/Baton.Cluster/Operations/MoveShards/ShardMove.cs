using Baton.Cluster.Model;

namespace Baton.Cluster.Operations;

/// <summary>One shard's part of an operation that moves shards.</summary>
/// <param name="ShardUid">The shard.</param>
/// <param name="Role">Its role when the operation began.</param>
/// <param name="SourceInstanceId">The instance that served it then.</param>
public sealed record ShardMove(int ShardUid, ShardRole Role, long SourceInstanceId)
{
    /// <summary>The instance that is to serve; 0 = not made yet.</summary>
    public long TargetInstanceId { get; init; }

    /// <summary>How far it is.</summary>
    public ShardMoveState State { get; init; } = ShardMoveState.Waiting;

    /// <summary>Switches tried in vain.</summary>
    public int Tries { get; init; }

    /// <summary>While <see cref="ShardMoveState.Pausing"/>: the target is still near.</summary>
    public bool TargetKept { get; init; }

    /// <summary>The stored state already names the new instance.</summary>
    internal bool IsSwitched => State is ShardMoveState.Promoted or ShardMoveState.Switched or ShardMoveState.Done;

    /// <summary>Nothing is left to do for it.</summary>
    internal bool IsOver => State is ShardMoveState.Done or ShardMoveState.Abandoned;
}

/// <summary>How far a shard's move is.</summary>
public enum ShardMoveState
{
    /// <summary>Nothing has been done for it.</summary>
    Waiting,

    /// <summary>Its target starts.</summary>
    Starting,

    /// <summary>Its target is brought near.</summary>
    Attaching,

    /// <summary>Its target is near.</summary>
    Near,

    /// <summary>A switch failed; waits for the next try.</summary>
    Pausing,

    /// <summary>Its hold is closed, or about to be.</summary>
    Switching,

    /// <summary>Stored: the target is the shard's instance. Commands still wait.</summary>
    Promoted,

    /// <summary>Commands go to the new instance; the old one is being retired.</summary>
    Switched,

    /// <summary>The old instance is gone, or follows the new one.</summary>
    Done,

    /// <summary>Given up; its target is being taken away.</summary>
    Abandoning,

    /// <summary>Given up; the shard is where it was.</summary>
    Abandoned,
}
