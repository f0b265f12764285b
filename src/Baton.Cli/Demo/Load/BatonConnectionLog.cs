using System.Collections.Concurrent;
using Baton.Client;
using Baton.Protocol.Maintenance;
using Microsoft.Extensions.Logging;

namespace Baton.Cli.Demo.Load;

/// <summary>
/// What Baton.Client logs of its connections, each by itself: notifications heard, and connections the server closed without having announced it on
/// them. The client's events tell of the client as a whole; the demo counts connections, as it does for the raw clients.
/// </summary>
internal sealed class BatonConnectionLog(LoadStatistics statistics, ClientStatistics row) : ILoggerFactory, ILogger
{
    // Documented and stable: "Connection {Id} to {Endpoint} has ended: {Reason}", "Connection {Id} heard {Kind}, sequence {Sequence}".
    private const int HasEnded = 2;
    private const int HasHeard = 100;

    private readonly ConcurrentDictionary<long, bool> _toldToMove = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The demo's log has one reader.");

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id is not (HasEnded or HasHeard) || state is not IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            return;
        }

        var named = values.ToDictionary(static value => value.Key, static value => value.Value);
        var id = (long)named["Id"]!;
        if (eventId.Id == HasHeard)
        {
            var kind = (MaintenanceNotificationKind)named["Kind"]!;
            statistics.Notified(WireName.Of($"{kind}"));
            if (kind == MaintenanceNotificationKind.Moving)
            {
                _toldToMove[id] = true;
            }
        }
        else if ((CloseReason)named["Reason"]! is CloseReason.ClosedByServer or CloseReason.NetworkError or CloseReason.ProtocolError
            && !_toldToMove.ContainsKey(id))
        {
            statistics.Disconnected(row, formatter(state, exception));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }
}
