namespace Baton.Client;

/// <summary>Why another database is in use.</summary>
public enum RegionChangeReason
{
    /// <summary>The one in use was dead.</summary>
    Failover,

    /// <summary>A preferred one is back.</summary>
    Failback,

    /// <summary>The application chose.</summary>
    Chosen,
}
