namespace Baton.Client;

/// <summary>A maintenance a server can announce.</summary>
public enum MaintenanceKind
{
    /// <summary><c>MOVING</c>: the endpoint goes to another node.</summary>
    Moving,

    /// <summary><c>MIGRATING</c>: shards move.</summary>
    Migrating,

    /// <summary><c>FAILING_OVER</c>: masters hand over to replicas.</summary>
    FailingOver,

    /// <summary><c>SMIGRATING</c>: slots move between the nodes of an OSS cluster.</summary>
    SlotsMigrating,
}
