namespace Baton.Cluster.Operations;

/// <summary>Where a bind stands. The diagram beside this file shows the edges.</summary>
public enum BindEndpointPhase
{
    /// <summary>Listeners on the added nodes are being opened.</summary>
    Opening,

    /// <summary>Old and new proxies serve; the announced time runs.</summary>
    Announced,

    /// <summary>The leaving proxies drain their connections and close.</summary>
    Closing,

    /// <summary>A listener could not be opened; those that could are closed again.</summary>
    RollingBack,

    /// <summary>The controller was started again; waits until the database serves, then goes on.</summary>
    Resuming,

    /// <summary>Exactly the wanted proxies are bound.</summary>
    Completed,

    /// <summary>Rolled back: the proxies are bound as before.</summary>
    Failed,
}
