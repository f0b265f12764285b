using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>
/// The meter <c>Baton.Client</c>: names and units of OpenTelemetry's database conventions where there are any. A handoff is no error and no
/// reconnect in any of them.
/// </summary>
internal static class ClientMetrics
{
    private static readonly Meter Meter = new(LibraryInfo.Name, LibraryInfo.Version);
    private static readonly ConcurrentDictionary<ClientContext, byte> Clients = new();

    private static readonly Histogram<double> Operations = Meter.CreateHistogram<double>(
        "db.client.operation.duration",
        "s",
        "From the call to the reply.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });

    private static readonly UpDownCounter<long> Connections = Meter.CreateUpDownCounter<long>(
        "db.client.connection.count", "{connection}", "Connections that serve.");

    private static readonly Counter<long> Closed = Meter.CreateCounter<long>(
        "baton.client.connection.closed", "{connection}", "Ended connections, by reason.");

    private static readonly Counter<long> Notifications = Meter.CreateCounter<long>(
        "baton.client.maintenance.notifications", "{notification}", "Notifications, by type; copies on other connections not counted.");

    private static readonly Histogram<double> Handoffs = Meter.CreateHistogram<double>(
        "baton.client.handoff.duration", "s", "From MOVING to the new connection's service, or to giving up.");

    private static readonly Histogram<double> Holds = Meter.CreateHistogram<double>(
        "baton.client.handoff.hold", "s", "How long new commands waited during a handoff.");

    private static readonly Histogram<long> Buffered = Meter.CreateHistogram<long>(
        "baton.client.handoff.buffered", "{command}", "Commands that waited during a handoff.");

    private static readonly Counter<long> Repeats = Meter.CreateCounter<long>(
        "baton.client.command.repeats", "{command}", "Commands sent again after their connection ended.");

    private static readonly Counter<long> Timeouts = Meter.CreateCounter<long>(
        "baton.client.command.timeouts", "{command}", "Commands that reached a limit, by limit.");

    static ClientMetrics() => Meter.CreateObservableUpDownCounter(
        "baton.client.maintenance.windows",
        static () => Clients.Keys.Select(static client => new Measurement<long>(client.Maintenance.Windows.Length, client.Tags)),
        "{window}",
        "Maintenances under way: limits are relaxed while there is one.");

    /// <summary>True while somebody listens to the duration of commands.</summary>
    public static bool MeasuresOperations => Operations.Enabled;

    /// <summary>A client lives.</summary>
    public static void ClientMade(ClientContext client) => Clients.TryAdd(client, 0);

    /// <summary>It does not any more.</summary>
    public static void ClientDisposed(ClientContext client) => Clients.TryRemove(client, out _);

    /// <summary>A command has its reply or error.</summary>
    public static void OperationEnded(TimeSpan duration, in TagList tags) => Operations.Record(duration.TotalSeconds, tags);

    /// <summary>A connection begins to serve.</summary>
    public static void ConnectionReady(ClientContext client) => Connections.Add(1, client.Tags);

    /// <summary>A connection has ended; one that served is not there any more.</summary>
    public static void ConnectionClosed(ClientContext client, CloseReason reason, bool served)
    {
        Closed.Add(1, [.. client.Tags, new("reason", reason.ToString())]);
        if (served)
        {
            Connections.Add(-1, client.Tags);
        }
    }

    /// <summary>A notification was heard for the first time.</summary>
    public static void NotificationHeard(ClientContext client, MaintenanceNotificationKind kind) =>
        Notifications.Add(1, [.. client.Tags, new("type", kind.ToString())]);

    /// <summary>A handoff has ended.</summary>
    public static void HandoffEnded(ClientContext client, RedisHandoffEvent handoff)
    {
        Handoffs.Record(handoff.Duration.TotalSeconds, [.. client.Tags, new("outcome", handoff.Succeeded ? "moved" : "failed")]);
        if (handoff.Succeeded)
        {
            Holds.Record(handoff.Hold.TotalSeconds, client.Tags);
            Buffered.Record(handoff.BufferedCommands, client.Tags);
        }
    }

    /// <summary>A command is sent again.</summary>
    public static void Repeated(ClientContext client) => Repeats.Add(1, client.Tags);

    /// <summary>A command has reached a limit.</summary>
    public static void TimedOut(TimeoutReason reason) => Timeouts.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
}
