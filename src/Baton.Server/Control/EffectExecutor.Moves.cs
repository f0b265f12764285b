using Baton.Cluster.Operations;
using Baton.Server.Engines;
using Baton.Server.Proxy;

namespace Baton.Server.Control;

/// <summary>Moves of shards: attach, switch, retire.</summary>
internal sealed partial class EffectExecutor
{
    private async Task AttachAsync(AttachShard effect)
    {
        try
        {
            IShardMover mover = new BoundedMover(
                parts.Movers(
                    Instances.Get(effect.SourceInstanceId),
                    Instances.Get(effect.TargetInstanceId),
                    () => parts.DataPlane.AttachTapAsync(effect.RouteUid),
                    parts.Time),
                Limits,
                parts.Time);
            ActiveMove move = await _moves
                .BeginAsync(effect.OperationId, effect.ShardUid, effect.TargetInstanceId, mover).ConfigureAwait(false);
            using EffectBound bound = Bound(Limits.AttachLimit);
            await move.AttachAsync(new ProgressReport(sink, effect), bound.Token).ConfigureAwait(false);
            sink.Post(new ShardNear(effect.OperationId, effect.ShardUid));
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            await _moves.AbandonAsync(effect.OperationId, effect.ShardUid).ConfigureAwait(false);
            sink.Post(new ShardAttachFailed(effect.OperationId, effect.ShardUid, Explain(e, nameof(ControlLimits.AttachLimit))));
        }
    }

    private async Task SwitchAsync(SwitchShard effect)
    {
        ClusterEvent report;
        try
        {
            ActiveMove move = _moves.Find(effect.OperationId, effect.ShardUid)
                ?? throw new EngineException($"Shard {effect.ShardUid} has no target that is near.");
            ShardTarget target = Instances.TargetOf(effect.TargetInstanceId)
                ?? throw new EngineException($"Instance {effect.TargetInstanceId} does not run.");
            PreparePromotion(effect);
            report = await new ShardSwitch(parts, effect, move.Mover, happened => StoreSwitchAsync(happened, effect.TargetInstanceId), sink.ProbeStoreAsync)
                .RunAsync(target).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            report = new SwitchFailed(effect.OperationId, effect.ShardUid, e.Message, Retriable: false, TargetKept: false);
        }

        if (report is SwitchFailed { TargetKept: false })
        {
            await _moves.EndAsync(effect.OperationId, effect.ShardUid).ConfigureAwait(false);
        }

        sink.Post(report);
    }

    private async Task RetireAsync(RetireOld effect)
    {
        string? problem = null;
        try
        {
            if (_moves.Find(effect.OperationId, effect.ShardUid) is { } move)
            {
                using EffectBound bound = Bound(Limits.StopLimit);
                await move.Mover.RetireOldAsync(effect.KeepAsReplica, bound.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            problem = Explain(e, nameof(ControlLimits.StopLimit));
            parts.Feed.Say("shard",
                $"shard {effect.ShardUid}: the old instance {effect.OldInstanceId} was not retired in order: {problem}");
        }

        await _moves.EndAsync(effect.OperationId, effect.ShardUid).ConfigureAwait(false);
        if (problem is not null && effect.KeepAsReplica)
        {
            sink.Post(new ReplicaFollowFailed(0, effect.OldInstanceId, problem)); // Supervision tells it again.
        }

        sink.Post(new OldRetired(effect.OperationId, effect.ShardUid));
    }

    /// <summary>Passes on whole per cents only: the state is not changed for less.</summary>
    private sealed class ProgressReport(IEventSink sink, AttachShard effect) : IProgress<MoveProgress>
    {
        private int _last = -1;

        public void Report(MoveProgress value)
        {
            int percent = value.Total <= 0 ? 0 : (int)Math.Min(100, value.Done * 100 / value.Total);
            if (Interlocked.Exchange(ref _last, percent) != percent)
            {
                sink.Post(new MoveProgressed(effect.OperationId, effect.ShardUid, percent));
            }
        }
    }
}
