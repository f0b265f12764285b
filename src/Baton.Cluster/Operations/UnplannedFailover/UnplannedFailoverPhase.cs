namespace Baton.Cluster.Operations;

/// <summary>Where an unplanned failover stands. The diagram in its folder shows the edges.</summary>
public enum UnplannedFailoverPhase
{
    /// <summary>The replica is made master; commands wait in the proxies.</summary>
    Promoting,

    /// <summary>Stored: the replica is the master and serves. A new replica is made from it.</summary>
    Replacing,

    /// <summary>The new replica is in sync.</summary>
    Completed,

    /// <summary>The replica did not take over, or no new one is in sync yet; the error says which.</summary>
    Failed,
}
