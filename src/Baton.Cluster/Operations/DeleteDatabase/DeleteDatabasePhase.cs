namespace Baton.Cluster.Operations;

/// <summary>Where a delete stands. The diagram beside this file shows the edges.</summary>
public enum DeleteDatabasePhase
{
    /// <summary>Listeners drain and close.</summary>
    Closing,

    /// <summary>Instances stop and their data is deleted.</summary>
    Stopping,

    /// <summary>The database is gone.</summary>
    Completed,
}
