using Baton.Cluster.Model;
using Baton.Server.Engines;

namespace Baton.Server.Control;

/// <summary>
/// Asks masters that have a replica in sync for a sign of life. One that gives none for <c>master_stall_limit_ms</c> is ended, and what
/// follows is what follows a death. Any answer counts, also a refusal. Used by one loop.
/// </summary>
internal sealed class MasterWatch(InstanceRegistry instances, ControlLimits limits, ControlFeed feed, TimeProvider time)
{
    /// <summary>Looks at all of them once.</summary>
    public Task LookAsync(ClusterState state, CancellationToken cancellationToken)
    {
        TimeSpan stallLimit = TimeSpan.FromMilliseconds(state.Settings.MasterStallLimitMs);
        IEnumerable<ShardState> watched = state.Shards.Values.Where(
            s => s is { Role: ShardRole.Master, Status: ShardStatus.Active } && state.ReplicasOf(s).Any(r => r.InSyncWith == s.InstanceId));
        return Task.WhenAll(watched.Select(master => LookAtAsync(master, stallLimit, cancellationToken)));
    }

    private async Task LookAtAsync(ShardState master, TimeSpan stallLimit, CancellationToken cancellationToken)
    {
        InstanceSlot slot = instances.SlotOf(master.InstanceId);
        if (slot.Engine is not { Died.IsCompleted: false } engine)
        {
            return;
        }

        using CancellationTokenSource limit = new(limits.SignOfLifeLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            EngineHealth health = await engine.ProbeAsync(either.Token).ConfigureAwait(false);
            slot.NoteSeen(health.ReplicationOffset, time.GetTimestamp());
            return;
        }
        catch (Exception e) when (e is EngineException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // No answer.
        }

        if (stallLimit > TimeSpan.Zero && time.GetElapsedTime(slot.SeenAt) >= stallLimit)
        {
            string reason = $"it did not answer for {stallLimit.TotalMilliseconds:0} ms (master_stall_limit_ms) and was ended";
            feed.Say("shard", $"shard {master.Uid} on node {master.NodeUid}: {reason}");
            await engine.EndAsync(reason).ConfigureAwait(false);
        }
    }
}
