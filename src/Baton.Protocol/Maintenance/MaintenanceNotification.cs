namespace Baton.Protocol.Maintenance;

/// <summary>A maintenance push message, without the recipient's view of it (MOVING's target form, remaining seconds).</summary>
/// <param name="Sequence">Counter per database, from 1, over all types; opener and closer are consecutive.</param>
public abstract record MaintenanceNotification(long Sequence)
{
    /// <summary>Which of them it is.</summary>
    public abstract MaintenanceNotificationKind Kind { get; }
}

/// <summary><c>&gt;4 MOVING :seq :seconds $host:port | _</c></summary>
/// <param name="Sequence">See <see cref="MaintenanceNotification"/>.</param>
/// <param name="Target">Where the endpoint goes.</param>
public sealed record Moving(long Sequence, MovingTarget Target) : MaintenanceNotification(Sequence)
{
    /// <inheritdoc/>
    public override MaintenanceNotificationKind Kind => MaintenanceNotificationKind.Moving;
}

/// <summary><c>&gt;4 MIGRATING :seq :seconds $["1", "2"]</c></summary>
/// <param name="Sequence">See <see cref="MaintenanceNotification"/>.</param>
/// <param name="ShardIds">The shards, one pair of notifications for all.</param>
public sealed record Migrating(long Sequence, IReadOnlyList<int> ShardIds) : MaintenanceNotification(Sequence)
{
    /// <inheritdoc/>
    public override MaintenanceNotificationKind Kind => MaintenanceNotificationKind.Migrating;
}

/// <summary><c>&gt;3 MIGRATED :seq $["1", "2"]</c></summary>
/// <param name="Sequence">See <see cref="MaintenanceNotification"/>.</param>
/// <param name="ShardIds">The same shards as the opener.</param>
public sealed record Migrated(long Sequence, IReadOnlyList<int> ShardIds) : MaintenanceNotification(Sequence)
{
    /// <inheritdoc/>
    public override MaintenanceNotificationKind Kind => MaintenanceNotificationKind.Migrated;
}

/// <summary><c>&gt;4 FAILING_OVER :seq :seconds $["1"]</c></summary>
/// <param name="Sequence">See <see cref="MaintenanceNotification"/>.</param>
/// <param name="ShardIds">The masters that hand over.</param>
public sealed record FailingOver(long Sequence, IReadOnlyList<int> ShardIds) : MaintenanceNotification(Sequence)
{
    /// <inheritdoc/>
    public override MaintenanceNotificationKind Kind => MaintenanceNotificationKind.FailingOver;
}

/// <summary><c>&gt;3 FAILED_OVER :seq $["1"]</c></summary>
/// <param name="Sequence">See <see cref="MaintenanceNotification"/>.</param>
/// <param name="ShardIds">The same shards as the opener.</param>
public sealed record FailedOver(long Sequence, IReadOnlyList<int> ShardIds) : MaintenanceNotification(Sequence)
{
    /// <inheritdoc/>
    public override MaintenanceNotificationKind Kind => MaintenanceNotificationKind.FailedOver;
}

/// <summary>All the names of one place an endpoint moves to; each client gets the form it asked for.</summary>
/// <param name="InternalIp">The node's own address.</param>
/// <param name="ExternalIp">The node's address as seen from outside.</param>
/// <param name="InternalFqdn">The node's name.</param>
/// <param name="ExternalFqdn">The node's name as seen from outside.</param>
/// <param name="Port">The database port.</param>
public sealed record MovingTarget(string InternalIp, string ExternalIp, string InternalFqdn, string ExternalFqdn, int Port)
{
    /// <summary><c>host:port</c> in the requested form (IPv6 in brackets), or null for <c>none</c> and bare <c>ON</c>.</summary>
    public string? In(MovingEndpointType type) => type switch
    {
        MovingEndpointType.InternalIp => WithPort(InternalIp),
        MovingEndpointType.ExternalIp => WithPort(ExternalIp),
        MovingEndpointType.InternalFqdn => WithPort(InternalFqdn),
        MovingEndpointType.ExternalFqdn => WithPort(ExternalFqdn),
        _ => null,
    };

    private string WithPort(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{Port}" : $"{host}:{Port}";
}
