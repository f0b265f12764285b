namespace Baton.Cluster.Operations;

/// <summary>Where a migrate or failover stands. The diagrams in their folders show the edges.</summary>
public enum MoveShardsPhase
{
    /// <summary>The clients have been told; the announced pause runs.</summary>
    Announced,

    /// <summary>Targets start and are brought near, or a failed switch waits for its next try.</summary>
    Copying,

    /// <summary>All targets are near; the shards are switched one after another.</summary>
    Switching,

    /// <summary>The window is closed; old instances (or targets that were given up) are being taken away.</summary>
    Closing,

    /// <summary>
    /// The controller was started again after some shards had been switched; waits until the database serves, then goes on.
    /// </summary>
    Resuming,

    /// <summary>Every shard is where it should be.</summary>
    Completed,

    /// <summary>Rolled back, for the shards the error names; the others are where they should be.</summary>
    Failed,
}
