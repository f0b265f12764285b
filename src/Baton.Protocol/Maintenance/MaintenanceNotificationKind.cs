namespace Baton.Protocol.Maintenance;

/// <summary>The notifications: five of connections that reach a database through its proxies, two of connections to a node of an OSS cluster.</summary>
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

    /// <summary><c>SMIGRATING</c>: slots are about to move between the nodes of an OSS cluster.</summary>
    SlotsMigrating,

    /// <summary><c>SMIGRATED</c>: they have moved.</summary>
    SlotsMigrated,
}
