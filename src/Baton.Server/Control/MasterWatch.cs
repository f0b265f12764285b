using Baton.Cluster.Model;
using Baton.Server.Engines;
using Baton.Server.Proxy;

namespace Baton.Server.Control;

/// <summary>
/// Asks all masters for a sign of life, and the proxies how quiet they are towards their clients; <see cref="StallRule"/> says what follows.
/// Used by one loop.
/// </summary>
internal sealed class MasterWatch(InstanceRegistry instances, IDataPlane plane, ControlLimits limits, ControlFeed feed, TimeProvider time)
{
    /// <summary>Looks at all of them once.</summary>
    public Task LookAsync(ClusterState state, CancellationToken cancellationToken)
    {
        IEnumerable<ShardState> masters = state.Shards.Values.Where(s => s is { Role: ShardRole.Master, Status: ShardStatus.Active });
        return Task.WhenAll(masters.Select(master => LookAtAsync(state, master, cancellationToken)));
    }

    private async Task LookAtAsync(ClusterState state, ShardState master, CancellationToken cancellationToken)
    {
        InstanceSlot slot = instances.SlotOf(master.InstanceId);
        if (slot.Engine is not { Died.IsCompleted: false } engine || slot.IsEnding)
        {
            return;
        }

        bool hasSuccessor = state.ReplicasOf(master).Any(r => r.InSyncWith == master.InstanceId);
        bool isBusy = await AskAsync(slot, engine, hasSuccessor, cancellationToken).ConfigureAwait(false);
        TimeSpan limit = TimeSpan.FromMilliseconds(state.Settings.MasterStallLimitMs);
        if (limit <= TimeSpan.Zero || await ClientsOfAsync(state, master, cancellationToken).ConfigureAwait(false) is not { } clients)
        {
            return;
        }

        bool isOnlyCopy = !hasSuccessor && state.Databases[master.DatabaseUid].Persistence == "none";
        StallSigns signs = new(
            limit,
            isBusy,
            slot.AnsweringSince is null ? time.GetElapsedTime(slot.SeenAt) : TimeSpan.Zero,
            slot.AnsweringSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero,
            clients.Longest,
            clients.SinceHeard,
            slot.GivenUpSince(clients.SinceHeard, time),
            isOnlyCopy);
        await FollowAsync(StallRule.Decide(signs, limits), state, master, slot, engine).ConfigureAwait(false);
    }

    /// <summary>Any answer counts, also a refusal. True when it says that a script keeps it busy.</summary>
    private async Task<bool> AskAsync(InstanceSlot slot, IShardEngine engine, bool hasSuccessor, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(limits.SignOfLifeLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            EngineHealth health = await engine.SignOfLifeAsync(either.Token).WaitAsync(either.Token).ConfigureAwait(false);
            slot.NoteSeen(health.ReplicationOffset, time.GetTimestamp());
            return false;
        }
        catch (EngineException e) when (e.IsBusy)
        {
            slot.NoteSeen(-1, time.GetTimestamp());
            return true;
        }
        catch (Exception e) when (e is EngineException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            slot.NoteUnanswered(engine.ProcessorTime, countsWork: !hasSuccessor, time);
            return false;
        }
    }

    /// <summary>Null when the proxies do not say it in time: nothing is decided then.</summary>
    private async Task<ShardSilence?> ClientsOfAsync(ClusterState state, ShardState master, CancellationToken cancellationToken)
    {
        try
        {
            return await plane.SilenceAsync(state.RouteUidOf(master), master.InstanceId)
                .WaitAsync(limits.SignOfLifeLimit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task FollowAsync(StallVerdict verdict, ClusterState state, ShardState master, InstanceSlot slot, IShardEngine engine)
    {
        string limit = $"{state.Settings.MasterStallLimitMs} ms (master_stall_limit_ms)";
        string where = $"shard {master.Uid} on node {master.NodeUid}";
        switch (verdict)
        {
            case StallVerdict.GiveUpConnections:
                TimeSpan atLeast = TimeSpan.FromMilliseconds(state.Settings.MasterStallLimitMs);
                Task<int> closing = plane.GiveUpSilentAsync(state.RouteUidOf(master), master.InstanceId, atLeast);
                slot.NoteGivenUp(time.GetTimestamp());
                int count = await closing.WaitAsync(limits.PublishLimit, time).ConfigureAwait(false);
                feed.Say("shard", $"{where}: its engine answers, but not on {count} connections of its clients for {limit}; they were replaced");
                break;
            case StallVerdict.EndEngine:
                string reason = slot.AnsweringSince is null
                    ? $"it did not answer for {limit} and was ended"
                    : $"it did not answer its clients for {limit} on one connection after another, and was ended";
                feed.Say("shard", $"{where}: {reason}");
                slot.IsEnding = true;
                _ = plane.GiveUpSilentAsync(state.RouteUidOf(master), master.InstanceId, TimeSpan.Zero); // It may hang in its end, too.
                _ = engine.EndAsync(reason); // Takes its time where the engine hangs; the others are looked at meanwhile.
                break;
            default:
                break;
        }
    }
}
