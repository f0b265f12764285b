using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;
using Baton.Server.Engines;
using Baton.Server.Proxy;
using Baton.Server.Store;

namespace Baton.Server.Control;

/// <summary>The consumer loop and what it does with each event.</summary>
public sealed partial class ClusterController
{
    private async Task RunAsync()
    {
        try
        {
            await foreach (ControlMessage message in _queue.Reader.ReadAllAsync(_stopping.Token).ConfigureAwait(false))
            {
                await ProcessAsync(message).ConfigureAwait(false);
            }
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

        while (_queue.Reader.TryRead(out ControlMessage? left))
        {
            left.Done?.TrySetException(new InvalidOperationException("The controller is stopping."));
        }
    }

    private async Task ProcessAsync(ControlMessage message)
    {
        try
        {
            if (message is { Event: null, Done: { } proved })
            {
                await ProveStoreAsync(proved).ConfigureAwait(false);
                return;
            }

            if (message.Event is null)
            {
                _full = message.Full ?? _full;
                await PublishAsync().ConfigureAwait(false);
                return;
            }

            ClusterState before = _state;
            StepResult result = ClusterStateMachine.Step(before, message.Event, _parts.Time.GetUtcNow());
            if (result.Durable)
            {
                await SaveAsync(result.State).ConfigureAwait(false);
            }

            _state = result.State;
            await PublishAsync().ConfigureAwait(false);
            message.Done?.TrySetResult(result.RequestResult);
            _waiters.Check(_state);
            FeedReporter.Report(_parts.Feed, before, _state);
            foreach (ClusterEffect effect in result.Effects)
            {
                _executor.Execute(effect, _state);
            }
        }
        catch (Exception e)
        {
            message.Done?.TrySetException(e);
            throw;
        }
    }

    private async Task ProveStoreAsync(TaskCompletionSource<RequestResult?> proved)
    {
        try
        {
            await _parts.Store.ProbeAsync().ConfigureAwait(false);
            proved.TrySetResult(null);
        }
        catch (StoreException e)
        {
            proved.TrySetException(e); // Nothing was to be stored, so nothing is lost.
        }
    }

    private async Task SaveAsync(ClusterState state)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                await _parts.Store.SaveAsync(state).ConfigureAwait(false);
                return;
            }
            catch (StoreException e) when (tries < _parts.Limits.SaveTries)
            {
                _parts.Feed.Say("store", e.Message);
            }
        }
    }

    private async Task PublishAsync()
    {
        ProxySnapshot snapshot = SnapshotBuilder.Build(_state, _executor.Instances, _full, _published);
        if (!ReferenceEquals(snapshot, _published))
        {
            await _parts.DataPlane.PublishAsync(snapshot).WaitAsync(_parts.Limits.PublishLimit, _parts.Time).ConfigureAwait(false);
            _published = snapshot;
        }
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
