using System.Net;
using System.Security.Cryptography;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Server.Engines;

namespace Baton.Server.Control;

/// <summary>Instances: start, stop, follow.</summary>
internal sealed partial class EffectExecutor
{
    private const int SecretBytes = 24;

    private async Task StartAsync(StartInstance effect, ClusterState state)
    {
        InstanceSlot slot = Instances.SlotOf(effect.InstanceId);
        try
        {
            using EffectBound bound = Bound(Limits.StartLimit, slot.Stopping.Token);
            await slot.Turn.WaitAsync(bound.Token).ConfigureAwait(false);
            try
            {
                IShardEngine? fresh = await StartInTurnAsync(effect, state, slot, bound.Token).ConfigureAwait(false);
                sink.Post(new InstanceStarted(effect.OperationId, effect.InstanceId));
                if (fresh is not null)
                {
                    _ = WatchAsync(fresh); // Only now: its death must not be reported before its start.
                }
            }
            finally
            {
                slot.Turn.Release();
            }
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            sink.Post(new InstanceStartFailed(effect.OperationId, effect.InstanceId, Explain(e, nameof(ControlLimits.StartLimit))));
        }
    }

    /// <summary>Returns the instance, or null when it was running already.</summary>
    private async Task<IShardEngine?> StartInTurnAsync(
        StartInstance effect, ClusterState state, InstanceSlot slot, CancellationToken cancellationToken)
    {
        if (slot.Engine is { } old)
        {
            if (!old.Died.IsCompleted)
            {
                return null; // Asked for twice.
            }

            slot.Clear();
            await EndAsync(old).ConfigureAwait(false);
        }

        state = _latest ?? state;
        ShardSpec spec = Specify(effect, state);
        PrepareFolder(effect, state);
        DatabaseState database = state.Databases[state.Shards[effect.ShardUid].DatabaseUid];
        if (!parts.Engines.TryGetValue(database.Engine, out IEngineFactory? factory))
        {
            throw new EngineException($"The engine '{database.Engine}' is not available here.");
        }

        IShardEngine engine = await StartAsync(factory, spec, cancellationToken).ConfigureAwait(false);
        await GiveSettingsAsync(engine, cancellationToken).ConfigureAwait(false);
        slot.Set(engine, parts.Time.GetTimestamp());
        return engine;
    }

    /// <summary>A start that does not heed its bound is given up, and what comes of it later is ended.</summary>
    private async Task<IShardEngine> StartAsync(IEngineFactory factory, ShardSpec spec, CancellationToken cancellationToken)
    {
        Task<IShardEngine> starting = factory.StartAsync(spec, cancellationToken);
        try
        {
            return await starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await ((Task)starting.WaitAsync(Limits.AbandonLimit, parts.Time, CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ = EndLateAsync(starting);
            throw;
        }
    }

    private async Task EndLateAsync(Task<IShardEngine> starting)
    {
        await ((Task)starting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (starting.IsCompletedSuccessfully)
        {
            await EndAsync(await starting.ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    /// <summary>Ends an instance hard. One that hangs in its end is left to it.</summary>
    private async Task EndAsync(IShardEngine engine)
    {
        try
        {
            await engine.DisposeAsync().AsTask().WaitAsync(Limits.StopLimit, parts.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            parts.Feed.Say("shard", $"instance {engine.Spec.InstanceId} did not end within {nameof(ControlLimits.StopLimit)} and is left behind");
        }
    }

    /// <summary>A setting another version of the engine took is no reason not to start.</summary>
    private async Task GiveSettingsAsync(IShardEngine engine, CancellationToken cancellationToken)
    {
        try
        {
            await engine.ConfigureAsync(engine.Spec.Settings, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            parts.Feed.Say("shard", e.Message);
        }
        catch
        {
            await EndAsync(engine).ConfigureAwait(false);
            throw;
        }
    }

    private async Task ConfigureAsync(ConfigureInstance effect)
    {
        if (Instances.FindSlot(effect.InstanceId) is not { } slot)
        {
            return; // It was never started here, or is gone.
        }

        try
        {
            using EffectBound bound = Bound(Limits.StartLimit, slot.Stopping.Token);
            await slot.Turn.WaitAsync(bound.Token).ConfigureAwait(false);
            try
            {
                // In turn and with the latest state: the settings stored last are the ones that stay.
                if (slot.Engine is { } engine && _latest!.Shards.ContainsKey(effect.ShardUid))
                {
                    await engine.ConfigureAsync(SettingsOf(effect.ShardUid, _latest!), bound.Token).WaitAsync(bound.Token)
                        .ConfigureAwait(false);
                }
            }
            finally
            {
                slot.Turn.Release();
            }

            sink.Post(new InstanceConfigured(effect.OperationId, effect.InstanceId));
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            string reason = Explain(e, nameof(ControlLimits.StartLimit));
            parts.Feed.Say("shard", $"instance {effect.InstanceId} does not take its settings: {reason}");
            sink.Post(new InstanceConfigureFailed(effect.OperationId, effect.InstanceId, reason));
        }
    }

    private static ShardSettings SettingsOf(int shardUid, ClusterState state)
    {
        DatabaseState database = state.Databases[state.Shards[shardUid].DatabaseUid];
        return new ShardSettings(
            database.MemorySize / (database.ShardsCount * (database.Replication ? 2 : 1)), database.EvictionPolicy, database.Configuration);
    }

    private ShardSpec Specify(StartInstance effect, ClusterState state)
    {
        DatabaseState database = state.Databases[state.Shards[effect.ShardUid].DatabaseUid];
        IPAddress address = IPAddress.Parse(state.Nodes[effect.NodeUid].Address);
        PersistenceMode persistence = database.Persistence switch
        {
            "always" => PersistenceMode.Always,
            "everysec" => PersistenceMode.EverySecond,
            _ => PersistenceMode.None,
        };
        return new ShardSpec(
            effect.InstanceId,
            effect.ShardUid,
            effect.NodeUid,
            new IPEndPoint(address, 0),
            _folders.Of(effect.InstanceId),
            persistence,
            SettingsOf(effect.ShardUid, state),
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)),
            effect.Recover);
    }

    private async Task WatchAsync(IShardEngine engine)
    {
        string reason = await engine.Died.ConfigureAwait(false);
        sink.Post(new InstanceDied(engine.Spec.InstanceId, reason));
    }

    private async Task StopAsync(StopInstance effect)
    {
        InstanceSlot slot = Instances.SlotOf(effect.InstanceId);
        try
        {
            await slot.Stopping.CancelAsync().ConfigureAwait(false);
            await _moves.AbandonMovesToAsync(effect.InstanceId).ConfigureAwait(false);
            await StopOrderlyAsync(slot).ConfigureAwait(false);
            Instances.Remove(effect.InstanceId);
            DeleteData(effect.InstanceId);
        }
        finally
        {
            // Always: what could not be stopped in order was stopped hard, and an operation must not wait for ever.
            sink.Post(new InstanceStopped(effect.OperationId, effect.InstanceId));
        }
    }

    private async Task StopOrderlyAsync(InstanceSlot slot)
    {
        // A start under way ends first; it sees Stopping and gives up, bounded by its own limit.
        await slot.Turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (slot.Engine is not { } engine)
            {
                return;
            }

            slot.Clear();
            try
            {
                using CancellationTokenSource limit = new(Limits.StopLimit, parts.Time);
                await engine.StopAsync(limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                parts.Feed.Say("shard",
                    $"instance {engine.Spec.InstanceId} is stopped hard: {Explain(e, nameof(ControlLimits.StopLimit))}");
            }

            await EndAsync(engine).ConfigureAwait(false);
        }
        finally
        {
            slot.Turn.Release();
        }
    }

    private async Task FollowAsync(FollowMaster effect)
    {
        InstanceSlot slot = Instances.SlotOf(effect.InstanceId);
        int follow = slot.NextFollow();
        try
        {
            using EffectBound bound = Bound(Limits.FollowLimit, slot.Stopping.Token);
            IShardEngine replica = Instances.Get(effect.InstanceId);
            IShardEngine master = Instances.Get(effect.MasterInstanceId);
            bool ordered = await OrderAsync(slot, follow, token => replica.FollowAsync(master, token), bound.Token).ConfigureAwait(false);
            if (!ordered || !await IsInSyncAsync(replica, master, () => slot.IsLatestFollow(follow), bound.Token).ConfigureAwait(false))
            {
                return; // It was told to follow another; that order reports.
            }

            sink.Post(new ReplicaFollowing(effect.OperationId, effect.InstanceId, effect.MasterInstanceId));
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            if (slot.IsLatestFollow(follow))
            {
                sink.Post(new ReplicaFollowFailed(effect.OperationId, effect.InstanceId, Explain(e, nameof(ControlLimits.FollowLimit))));
            }
        }
    }

    /// <summary>
    /// Waits until the replica holds what the master had written when the copy was complete, and the master has heard so from the replica.
    /// A link that is up says less: after a copy Redis sends nothing more before the replica's first word, up to a second later, and whatever
    /// is written meanwhile is only in the master.
    /// </summary>
    private async Task<bool> IsInSyncAsync(
        IShardEngine replica, IShardEngine master, Func<bool> isLatest, CancellationToken cancellationToken)
    {
        string address = replica.Address.ToString()!;
        long? written = null;
        while (isLatest())
        {
            if ((await ProbeAsync(replica, cancellationToken).ConfigureAwait(false)).LinkUp)
            {
                EngineHealth health = await ProbeAsync(master, cancellationToken).ConfigureAwait(false);
                written ??= health.ReplicationOffset;
                if (health.Acknowledged.GetValueOrDefault(address) is > 0 and var acknowledged && acknowledged >= written)
                {
                    return true;
                }
            }
            else
            {
                written = null;
            }

            await Task.Delay(Limits.FollowPoll, parts.Time, cancellationToken).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>What an instance says of itself; one that a script keeps busy is asked again until it can.</summary>
    private async Task<EngineHealth> ProbeAsync(IShardEngine engine, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await engine.ProbeAsync(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (EngineException e) when (e.IsBusy)
            {
                await Task.Delay(Limits.FollowPoll, parts.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Gives an order to follow or to be master, unless a later one was given meanwhile.</summary>
    private static async Task<bool> OrderAsync(
        InstanceSlot slot, int number, Func<CancellationToken, Task> order, CancellationToken cancellationToken)
    {
        await slot.Role.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!slot.IsLatestFollow(number))
            {
                return false;
            }

            await order(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        finally
        {
            slot.Role.Release();
        }
    }
}
