using Baton.Cluster.Operations;
using Baton.Server.Engines;

namespace Baton.Server.Control;

/// <summary>A replica takes over from a dead master.</summary>
internal sealed partial class EffectExecutor
{
    /// <summary>
    /// <code>
    /// step                                        why
    /// 1  moves that were given up are over        the end of one points its target back to its source
    /// 2  what is left of the master is ended      it must not serve beside the new one
    /// 3  the replica reads its stream to the end  what the master sent before it died counts; a promotion would throw it away
    /// 4  it has all the master was seen to have   otherwise its master's own data may be the better copy
    /// 5  it becomes master                        tried again (bounded): nobody writes meanwhile
    /// </code>
    /// </summary>
    private async Task PromoteAsync(PromoteReplica effect)
    {
        InstanceSlot slot = Instances.SlotOf(effect.InstanceId);
        try
        {
            int order = slot.NextFollow();
            await _moves.WhenAbandonedAsync().WaitAsync(Limits.AbandonLimit, parts.Time).ConfigureAwait(false);
            long seen = await EndHardAsync(effect.DeadInstanceId).ConfigureAwait(false);
            IShardEngine replica = Instances.Get(effect.InstanceId);
            await RequireNothingMissingAsync(replica, seen, effect.AcceptBehind).ConfigureAwait(false);
            for (int tries = 1; ; tries++)
            {
                using EffectBound bound = Bound(Limits.ForwardLimit, slot.Stopping.Token);
                try
                {
                    await OrderAsync(slot, order, replica.PromoteAsync, bound.Token).ConfigureAwait(false);
                    break;
                }
                catch (Exception e) when (tries < Limits.ForwardTries && !slot.Stopping.IsCancellationRequested)
                {
                    string why = Explain(e, nameof(ControlLimits.ForwardLimit));
                    parts.Feed.Say("shard", $"{replica.Spec} was not promoted (try {tries} of {Limits.ForwardTries}): {why}");
                }
            }

            NotePromoted(effect.InstanceId);
            sink.Post(new ReplicaPromoted(effect.OperationId, effect.InstanceId));
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            sink.Post(new ReplicaPromoteFailed(effect.OperationId, effect.InstanceId, Explain(e, nameof(ControlLimits.ForwardLimit))));
        }
    }

    /// <summary>Ends what is left of an instance; its data stays. Returns the furthest offset it was seen to have, -1 = unknown.</summary>
    private async Task<long> EndHardAsync(long instanceId)
    {
        InstanceSlot slot = Instances.SlotOf(instanceId);
        using EffectBound bound = Bound(Limits.StopLimit);
        await slot.Turn.WaitAsync(bound.Token).ConfigureAwait(false);
        try
        {
            if (slot.Engine is { } engine)
            {
                await EndAsync(engine).ConfigureAwait(false);
                slot.Clear();
            }

            return slot.SeenOffset;
        }
        finally
        {
            slot.Turn.Release();
        }
    }

    private async Task RequireNothingMissingAsync(IShardEngine replica, long seen, bool acceptBehind)
    {
        using EffectBound bound = Bound(Limits.ForwardLimit);
        long since = parts.Time.GetTimestamp();
        EngineHealth health = await ProbeAsync(replica, bound.Token).ConfigureAwait(false);
        while (health.LinkUp && parts.Time.GetElapsedTime(since) < Limits.StreamEndLimit)
        {
            await Task.Delay(Limits.StreamEndPoll, parts.Time, bound.Token).ConfigureAwait(false);
            health = await ProbeAsync(replica, bound.Token).ConfigureAwait(false);
        }

        if (health.ReplicationOffset < seen && !acceptBehind)
        {
            throw new EngineException(
                $"it lacks {seen - health.ReplicationOffset} bytes that its master was seen to have, and the master's own data is there");
        }
    }
}
