using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Server.Engines;
using Baton.Server.Proxy;

namespace Baton.Server.Control;

/// <summary>The consumer loop and what it does with each event.</summary>
public sealed partial class ClusterController
{
    private async Task RunAsync()
    {
        try
        {
            await TakeAllAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The end.
        }
        catch (Exception e)
        {
            _parts.Feed.Say("control", $"the control plane stops: {e.Message}");
            _faulted.TrySetResult(e);
            _queue.Writer.TryComplete(e);
        }

        while (_waiting.TryDequeue(out ControlMessage? left) || _queue.Reader.TryRead(out left))
        {
            left.Done?.TrySetException(new InvalidOperationException("The controller is stopping."));
        }
    }

    /// <summary>Returns whether it is done with; otherwise its state could not be saved, and it has to wait.</summary>
    private async Task<bool> ProcessAsync(ControlMessage message)
    {
        try
        {
            if (message.Event is null)
            {
                await TakeAsideAsync(message).ConfigureAwait(false);
                return true;
            }

            ClusterState before = _state;
            StepResult result = ClusterStateMachine.Step(before, message.Event, _parts.Time.GetUtcNow());
            if (result.Durable && !await MayGoOnAsync(message.Event, result.State).ConfigureAwait(false))
            {
                return message is { Event: Requested, Done: { } asked } && asked.TrySetResult(_trouble.Refusal);
            }

            _state = result.State;
            await PublishAsync().ConfigureAwait(false);
            message.Done?.TrySetResult(result.RequestResult);
            _waiters.Check(_state);
            FeedReporter.Report(_parts.Feed, before, _state);
            _executor.Refresh(before, _state);
            foreach (ClusterEffect effect in result.Effects)
            {
                _executor.Execute(effect, _state);
            }

            return true;
        }
        catch (Exception e)
        {
            message.Done?.TrySetException(e);
            throw;
        }
    }

    /// <summary>
    /// The proxies' loops take it between two turns. However long one turns: who would go on without them would hold shards whose routes they
    /// do not know, and who would give up would end a server that serves.
    /// </summary>
    private async Task PublishAsync()
    {
        ProxySnapshot snapshot = SnapshotBuilder.Build(_state, _executor.Instances, _full, _published);
        if (ReferenceEquals(snapshot, _published))
        {
            return;
        }

        Task taken = _parts.DataPlane.PublishAsync(snapshot);
        while (!taken.IsCompleted)
        {
            await taken.WaitAsync(_parts.Limits.PublishLimit, _parts.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stopping.Token.ThrowIfCancellationRequested();
            if (!taken.IsCompleted)
            {
                _parts.Feed.Say("control",
                    $"the proxies have not taken the new routes within {nameof(ControlLimits.PublishLimit)}; operations wait until they have");
            }
        }

        await taken.ConfigureAwait(false);
        _published = snapshot;
    }

    private async Task WatchMastersAsync()
    {
        using PeriodicTimer timer = new(_parts.Limits.MasterPoll, _parts.Time);
        MasterWatch watch = new(_executor.Instances, _parts.DataPlane, _parts.Limits, _parts.Feed, _parts.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                await watch.LookAsync(_state, _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The controller ends.
        }
    }

    /// <summary>Embedded engines never give back what their files hold of replaced and deleted records.</summary>
    private async Task WatchDiskAsync()
    {
        using PeriodicTimer timer = new(_parts.Limits.DiskPoll, _parts.Time);
        DiskWatch watch = new(_executor.Instances, _parts.Limits);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                foreach (ShardBloated bloated in watch.Look(_state))
                {
                    Post(bloated);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    /// <summary>Embedded engines would drop or refuse nothing when they are full; the proxies refuse for them.</summary>
    private async Task WatchMemoryAsync()
    {
        using PeriodicTimer timer = new(_parts.Limits.MemoryPoll, _parts.Time);
        MemoryWatch watch = new(_executor.Instances);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                if (await watch.LookAsync(_state, _stopping.Token).ConfigureAwait(false) is { } full)
                {
                    _queue.Writer.TryWrite(new ControlMessage(null, null) { Full = full });
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
