namespace Baton.Cluster.Model;

/// <summary>One shard. Its uid stays when it moves; its instance is a new one each time.</summary>
public sealed record ShardState
{
    /// <summary>Cluster-unique, never reused. REST shows it as a string.</summary>
    public required int Uid { get; init; }

    /// <summary>Whose shard.</summary>
    public required int DatabaseUid { get; init; }

    /// <summary>Master or replica. A failover swaps the roles of two shards in place.</summary>
    public required ShardRole Role { get; init; }

    /// <summary>First hash slot; a replica has its master's.</summary>
    public required int FirstSlot { get; init; }

    /// <summary>Last hash slot, inclusive.</summary>
    public required int LastSlot { get; init; }

    /// <summary>Where it serves now.</summary>
    public required int NodeUid { get; init; }

    /// <summary>The engine instance that serves it now; 0 = none yet.</summary>
    public required long InstanceId { get; init; }

    /// <summary>Counts the masters its slots have had: a master's is higher than that of every master before it.</summary>
    public long Epoch { get; init; }

    /// <summary>REST: <c>active</c>, <c>inactive</c>, <c>trimming</c>.</summary>
    public ShardStatus Status { get; init; } = ShardStatus.Inactive;

    /// <summary>
    /// For a replica: the instance of the master whose data it was seen to hold and to follow; 0 = it is not in sync with anybody.
    /// </summary>
    public long InSyncWith { get; init; }

    /// <summary>How often its instance was started again since it last ran well.</summary>
    public int Restarts { get; init; }

    /// <summary>When its instance last came up.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Why it is not active, for the operator; null when nothing is wrong.</summary>
    public string? Problem { get; init; }
}

/// <summary>REST: <c>master</c>, <c>slave</c>.</summary>
public enum ShardRole
{
    /// <summary>Takes writes.</summary>
    Master,

    /// <summary>Follows the master of the same slots, on another node.</summary>
    Replica,
}

/// <summary>Whether a shard's instance runs.</summary>
public enum ShardStatus
{
    /// <summary>Not started, or ended.</summary>
    Inactive,

    /// <summary>Serves.</summary>
    Active,
}
