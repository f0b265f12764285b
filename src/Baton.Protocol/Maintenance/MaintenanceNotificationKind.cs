namespace Baton.Protocol.Maintenance;

/// <summary>The notifications of connections that reach a database through its proxies.</summary>
public enum MaintenanceNotificationKind
{
    /// <summary><c>MOVING</c>: this connection's endpoint goes elsewhere within the seconds given.</summary>
    Moving,

    /// <summary><c>MIGRATING</c>: shards are about to move.</summary>
    Migrating,

    /// <summary><c>MIGRATED</c>: they have moved.</summary>
    Migrated,

    /// <summary><c>FAILING_OVER</c>: masters are about to hand over to their replicas.</summary>
    FailingOver,

    /// <summary><c>FAILED_OVER</c>: they have.</summary>
    FailedOver,
}
