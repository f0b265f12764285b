using System.Collections.Concurrent;
using System.Net;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Protocol.Maintenance;
using Baton.Server.Proxy;

namespace Baton.Server.Control;

/// <summary>Listeners, notifications, timers.</summary>
internal sealed partial class EffectExecutor
{
    private readonly ConcurrentDictionary<(int DatabaseUid, int NodeUid), Task<IPEndPoint>> _listeners = new();
    private readonly ConcurrentDictionary<(long OperationId, TimerId Timer), ITimer> _timers = new();

    private async Task OpenAsync(OpenListener effect, ClusterState state)
    {
        NodeState node = state.Nodes[effect.NodeUid];
        IPEndPoint address = new(IPAddress.Parse(node.Address), state.Databases[effect.DatabaseUid].Port + node.PortOffset);
        (int, int) key = (effect.DatabaseUid, effect.NodeUid);
        try
        {
            // Asked for twice: the same listener answers both.
            Task<IPEndPoint> listening = _listeners.GetOrAdd(
                key, _ => parts.DataPlane.OpenListenerAsync(effect.DatabaseUid, effect.NodeUid, address));
            await listening.WaitAsync(Limits.ListenLimit, parts.Time).ConfigureAwait(false);
            sink.Post(new ListenerOpened(effect.OperationId, effect.DatabaseUid, effect.NodeUid));
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            bool isLate = _listeners.TryRemove(key, out Task<IPEndPoint>? pending) && !pending.IsCompleted;
            if (isLate)
            {
                _ = CloseLateAsync(pending!, effect);
            }

            string reason = isLate ? $"it took longer than {nameof(ControlLimits.ListenLimit)}" : e.Message;
            sink.Post(new ListenerOpenFailed(effect.OperationId, effect.DatabaseUid, effect.NodeUid, $"{address}: {reason}"));
        }
    }

    /// <summary>A listener that opens after it was given up is closed again, unless it was asked for once more.</summary>
    private async Task CloseLateAsync(Task<IPEndPoint> pending, OpenListener effect)
    {
        await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (pending.IsCompletedSuccessfully && !_listeners.ContainsKey((effect.DatabaseUid, effect.NodeUid)))
        {
            await parts.DataPlane.CloseListenerAsync(effect.DatabaseUid, effect.NodeUid, CloseReason.EndpointMoved, Limits.DrainLimit)
                .ConfigureAwait(false);
        }
    }

    private async Task CloseAsync(CloseListener effect)
    {
        try
        {
            if (_listeners.TryRemove((effect.DatabaseUid, effect.NodeUid), out _))
            {
                CloseReason reason = effect.Deleted ? CloseReason.DatabaseDeleted : CloseReason.EndpointMoved;
                await parts.DataPlane.CloseListenerAsync(effect.DatabaseUid, effect.NodeUid, reason, Limits.DrainLimit)
                    .WaitAsync(Limits.DrainLimit + Limits.PublishLimit, parts.Time).ConfigureAwait(false);
            }
        }
        finally
        {
            // Always: a proxy that did not close in time has dropped its listener, and an operation must not wait for ever.
            sink.Post(new ListenerClosed(effect.OperationId, effect.DatabaseUid, effect.NodeUid));
        }
    }

    private async Task AnnounceAsync(OpenWindow effect)
    {
        // All are handed over before the first await, so windows open and close in the order they were decided.
        Task<int>[] told =
        [
            .. effect.Openers.Select(o => parts.DataPlane.OpenWindowAsync(
                new MaintenanceWindow(effect.DatabaseUid, o.NodeUid, o.Notification, effect.Deadline))),
        ];
        int count = (await Task.WhenAll(told).ConfigureAwait(false)).Sum();
        MaintenanceNotification first = effect.Openers[0].Notification;
        SayTold(first, count, effect.DatabaseUid);
    }

    private async Task AnnounceEndAsync(CloseWindow effect)
    {
        int count = await parts.DataPlane.CloseWindowAsync(effect.DatabaseUid, effect.OpenerSequence, effect.Closer).ConfigureAwait(false);
        if (effect.Closer is { } closer)
        {
            SayTold(closer, count, effect.DatabaseUid);
        }
    }

    private void SayTold(MaintenanceNotification notification, int count, int databaseUid) => parts.Feed.Say(
        "notification",
        $"{MaintenanceNotificationNames.Of(notification.Kind)} {notification.Sequence} to {count} connections of database {databaseUid}");

    private Task Arm(ArmTimer effect)
    {
        (long, TimerId) key = (effect.OperationId, effect.Timer);
        TimeSpan wait = effect.Due - parts.Time.GetUtcNow();
        ITimer timer = parts.Time.CreateTimer(
            _ =>
            {
                if (_timers.TryRemove(key, out ITimer? fired))
                {
                    fired.Dispose();
                    sink.Post(new TimerFired(effect.OperationId, effect.Timer));
                }
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        if (_timers.TryRemove(key, out ITimer? replaced))
        {
            replaced.Dispose();
        }

        _timers[key] = timer;
        timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan); // After it is noted, so it cannot fire unseen.
        return Task.CompletedTask;
    }

    private void DisarmAll()
    {
        foreach ((long, TimerId) key in _timers.Keys)
        {
            if (_timers.TryRemove(key, out ITimer? timer))
            {
                timer.Dispose();
            }
        }
    }
}
