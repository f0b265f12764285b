using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>What an application can watch. Handlers run in order, one after another, on the thread pool.</summary>
public sealed partial class RedisClient
{
    /// <summary>The server has announced a maintenance or its end; raised once, however many connections heard it.</summary>
    public event EventHandler<RedisMaintenanceEvent>? MaintenanceAnnounced;

    /// <summary>A connection has moved, or could not in the announced time.</summary>
    public event EventHandler<RedisHandoffEvent>? HandoffEnded;

    /// <summary>The maintenance under way; null for none.</summary>
    public MaintenanceKind? CurrentMaintenance => _context.Maintenance.Current;

    /// <summary>True when the server announces maintenance to this client's connection of the moment.</summary>
    public bool HearsOfMaintenance => _slot.Current?.Greeting.Announces == true;

    /// <summary>Where the shared connection leads; null while there is none.</summary>
    public RedisEndpoint? CurrentEndpoint => _slot.Current?.Endpoint;

    private void OnNotification(ReceivedNotification notification)
    {
        ClientMetrics.NotificationHeard(_context, notification.Kind);
        if (MaintenanceAnnounced is not { } handlers)
        {
            return;
        }

        var hasEnded = notification.Kind is MaintenanceNotificationKind.Migrated or MaintenanceNotificationKind.FailedOver;
        var announced = new RedisMaintenanceEvent(
            notification.Kind switch
            {
                MaintenanceNotificationKind.Moving => MaintenanceKind.Moving,
                MaintenanceNotificationKind.Migrating or MaintenanceNotificationKind.Migrated => MaintenanceKind.Migrating,
                _ => MaintenanceKind.FailingOver,
            },
            hasEnded,
            notification.Sequence,
            hasEnded ? null : TimeSpan.FromSeconds(Math.Clamp(notification.Seconds ?? 0, 0, 86_400)),
            notification.Target is { } target ? new RedisEndpoint(target.Host, target.Port) : null,
            notification.ShardIds ?? []);
        _context.Events.Post(() => handlers(this, announced));
    }

    private void OnHandoff(RedisHandoffEvent handoff)
    {
        ClientMetrics.HandoffEnded(_context, handoff);
        if (HandoffEnded is { } handlers)
        {
            _context.Events.Post(() => handlers(this, handoff));
        }
    }
}
