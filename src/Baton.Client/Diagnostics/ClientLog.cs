using Baton.Protocol.Maintenance;
using Microsoft.Extensions.Logging;

namespace Baton.Client;

/// <summary>
/// Every log entry of the client. Ids are stable: connections 1-99, maintenance 100-199, subscriptions and caching 200-299, databases 300-399.
/// </summary>
internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Information, "Connection {Id} to {Endpoint} is ready (maintenance notifications: {Announces})")]
    public static partial void ConnectionReady(ILogger log, long id, RedisEndpoint endpoint, bool announces);

    [LoggerMessage(2, LogLevel.Information, "Connection {Id} to {Endpoint} has ended: {Reason}")]
    public static partial void ConnectionClosed(ILogger log, long id, RedisEndpoint endpoint, CloseReason reason, Exception? cause);

    [LoggerMessage(3, LogLevel.Warning, "Connecting again has failed: {What}")]
    public static partial void ReconnectFailed(ILogger log, string what);

    [LoggerMessage(4, LogLevel.Error, "An event handler of the application has thrown")]
    public static partial void HandlerFailed(ILogger log, Exception error);

    [LoggerMessage(300, LogLevel.Warning, "The database {To} is in use instead of {From}: {Reason}")]
    public static partial void DatabaseChanged(ILogger log, string from, string to, RegionChangeReason reason);

    [LoggerMessage(100, LogLevel.Information, "Connection {Id} heard {Kind}, sequence {Sequence}")]
    public static partial void NotificationReceived(ILogger log, long id, MaintenanceNotificationKind kind, long sequence);

    [LoggerMessage(101, LogLevel.Information, "Connection {Id} is to move (sequence {Sequence}) to {Place}")]
    public static partial void HandoffBegan(ILogger log, long id, long sequence, string place);

    [LoggerMessage(102, LogLevel.Information, "Connection {OldId} was handed over to connection {NewId} to {Endpoint}; new commands waited {HoldMs} ms")]
    public static partial void HandoffDone(ILogger log, long oldId, long newId, RedisEndpoint endpoint, long holdMs);

    [LoggerMessage(103, LogLevel.Information, "Connection {Id} serves on, the new place could not be reached: {What}")]
    public static partial void HandoffAttemptFailed(ILogger log, long id, string what);

    [LoggerMessage(104, LogLevel.Warning, "Connection {Id} could not be handed over in the announced time: {What}")]
    public static partial void HandoffFailed(ILogger log, long id, string what);

    [LoggerMessage(105, LogLevel.Error, "MapEndpoint threw for {Place}: the place is not used")]
    public static partial void MappingFailed(ILogger log, RedisEndpoint place, Exception cause);

    [LoggerMessage(200, LogLevel.Warning, "Messages may be missing in the subscription to {Name}: {Reason}")]
    public static partial void SubscriptionGap(ILogger log, string name, SubscriptionGapReason reason);

    [LoggerMessage(201, LogLevel.Error, "A callback of the subscription to {Name} failed")]
    public static partial void SubscriptionCallbackFailed(ILogger log, string name, Exception cause);

    [LoggerMessage(202, LogLevel.Information, "Subscriptions went from connection {OldId} to connection {NewId}, which had {Kept} messages by then")]
    public static partial void SubscriptionsMoved(ILogger log, long oldId, long newId, int kept);

    [LoggerMessage(203, LogLevel.Warning, "The server refuses to subscribe again: {What}")]
    public static partial void SubscriptionRefused(ILogger log, string what);

    [LoggerMessage(210, LogLevel.Warning, "Client-side caching is off on connection {Id}: {Why}")]
    public static partial void CachingUnavailable(ILogger log, long id, string why);
}
