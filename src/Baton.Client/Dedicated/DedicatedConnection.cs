using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>A connection for one user at a time: a blocking command, or a transaction with WATCH. It is not replaced beneath its user; it is left.</summary>
internal sealed class DedicatedConnection(ClientContext context) : IConnectionOwner
{
    private readonly TaskCompletionSource<(ReceivedNotification Moving, long ReceivedMs)> _moving =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The connection; set once, before anybody uses it.</summary>
    public RedisConnection Connection { get; private set; } = null!;

    /// <summary>Its commands.</summary>
    public Outbox Outbox { get; } = new(context.Options.MaxBufferedBytes);

    /// <summary>Completes when its server has said that it will close it.</summary>
    public Task<(ReceivedNotification Moving, long ReceivedMs)> MovingHeard => _moving.Task;

    /// <summary>When it became idle.</summary>
    public long IdleSinceMs { get; set; }

    /// <summary>True when another user can have it.</summary>
    public bool IsUsable => Connection.State == ConnectionState.Ready && !_moving.Task.IsCompleted;

    /// <summary>Makes one.</summary>
    /// <exception cref="RedisConnectFailedException">It cannot be made.</exception>
    public static async Task<DedicatedConnection> ConnectAsync(
        ClientContext context, IEnumerable<RedisEndpoint> places, SessionState session, CancellationToken cancellationToken)
    {
        var dedicated = new DedicatedConnection(context);
        dedicated.Connection = await context.Dialer.ConnectAnyAsync(places, dedicated, session, cancellationToken).ConfigureAwait(false);
        dedicated.Connection.HasServed = true;
        ClientMetrics.ConnectionReady(context);
        dedicated.Connection.Serve(dedicated.Outbox, ConnectionState.Ready);
        return dedicated;
    }

    /// <summary>Ends it; whoever waits is told.</summary>
    public void Close(CloseReason reason)
    {
        Outbox.Close(outcome => ConnectionSlot.Ended(context, reason, outcome, null));
        Connection.Close(reason);
    }

    /// <inheritdoc/>
    public void OnPush(RedisConnection connection, ReadOnlySpan<byte> frame)
    {
        if (MaintenanceNotificationReader.TryRead(frame, out var notification))
        {
            context.OnNotification(notification!);
            if (notification!.Kind == MaintenanceNotificationKind.Moving)
            {
                _moving.TrySetResult((notification, context.Clock.PreciseMs));
            }
        }
    }

    /// <inheritdoc/>
    public void OnClosed(RedisConnection connection, CloseReason reason, Exception? cause)
    {
        ClientLog.ConnectionClosed(context.Log, connection.Id, connection.Endpoint, reason, cause);
        ClientMetrics.ConnectionClosed(context, reason, connection.HasServed);
        foreach (var (unanswered, wasSent) in connection.TakeUnanswered())
        {
            unanswered.Command.TryFail(
                ConnectionSlot.Ended(context, reason, wasSent ? CommandOutcome.MayHaveRun : CommandOutcome.NotSent, cause, unanswered.Command.Traits));
            unanswered.Command.Release();
        }

        Outbox.Close(outcome => ConnectionSlot.Ended(context, reason, outcome, cause));
    }
}
