namespace Baton.Cluster.Operations;

/// <summary>Where a create stands. The diagram beside this file shows the edges.</summary>
public enum CreateDatabasePhase
{
    /// <summary>Instances start; replicas then follow their masters.</summary>
    Starting,

    /// <summary>Listeners are being opened.</summary>
    Opening,

    /// <summary>Something failed; what was started is taken down.</summary>
    TakingDown,

    /// <summary>The database serves.</summary>
    Completed,

    /// <summary>Nothing of it runs; the database shows creation-failed.</summary>
    Failed,
}
