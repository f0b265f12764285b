using Baton.Protocol.Maintenance;
using Microsoft.Extensions.Logging;

namespace Baton.Client;

/// <summary>Every log entry of the client. Ids are stable: connections 1-99, maintenance 100-199.</summary>
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
}
