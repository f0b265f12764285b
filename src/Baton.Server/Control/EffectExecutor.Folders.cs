using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Server.Engines;
using Baton.Server.Store;

namespace Baton.Server.Control;

/// <summary>
/// Instances' folders: what is written into them, and the few reasons to delete one.
/// <code>
/// folder                                                  then
/// named by a shard                                        kept
/// named by an operation that is not over                  left to it
/// named by one that is over, or of a database it deleted  deleted: the stored state says that nobody needs it
/// any other                                               moved to leftovers/, and told
/// </code>
/// </summary>
internal sealed partial class EffectExecutor
{
    private readonly InstanceFolders _folders = new(parts.DataDirectory);
    private readonly ManifestKeeper _manifests = new(new InstanceFolders(parts.DataDirectory), parts.Feed);

    /// <summary>Makes folders and state agree. Called once, before anything starts.</summary>
    /// <exception cref="StoreException">The folders cannot be read.</exception>
    public void TidyFolders(ClusterState state)
    {
        foreach (FoundInstance found in _folders.Look())
        {
            try
            {
                Tidy(state, found);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                parts.Feed.Say("store", $"{found.Path} is left as it is: {e.Message}");
            }
        }
    }

    /// <summary>The state has changed.</summary>
    public void Refresh(ClusterState before, ClusterState after) => _manifests.Refresh(before, after);

    private void Tidy(ClusterState state, FoundInstance found)
    {
        if (state.Shards.Values.FirstOrDefault(s => s.InstanceId == found.Id) is { } shard)
        {
            _manifests.Note(InstanceManifest.Of(state, shard.Uid, found.Id, shard.NodeUid));
        }
        else if (state.Operations.Values.Any(o => !o.IsFinished && o.Names(found.Id)))
        {
            if (found.Manifest is { Role: InstanceRole.Master } claim)
            {
                _manifests.Note(claim with { Role = InstanceRole.Target }); // Its switch was cut off before the state said so: it never served.
            }
        }
        else if (IsOver(state, found))
        {
            _manifests.Delete(found.Id);
        }
        else
        {
            parts.Feed.Say("store",
                $"{found.Describe()} belongs to nothing the state knows; it was moved to {_folders.MoveAside(found.Id, parts.Time)}");
        }
    }

    private static bool IsOver(ClusterState state, FoundInstance found)
    {
        if (state.Operations.Values.Any(o => o.IsFinished && o.Names(found.Id)))
        {
            return true;
        }

        return found.Manifest is { } manifest && manifest.InstanceId == found.Id && manifest.Cluster.Id == state.Settings.Id
            && ((state.Operations.GetValueOrDefault(manifest.OperationId) is { IsFinished: true })
                || (!state.Databases.ContainsKey(manifest.Database.Uid) && state.Operations.Values.Any(
                    o => o.IsFinished && o.DatabaseUid == manifest.Database.Uid && o is DeleteDatabaseOperation or CreateDatabaseOperation)));
    }

    /// <summary>Before an instance starts: its folder says what it is, and one that begins anew is empty.</summary>
    private void PrepareFolder(StartInstance effect, ClusterState state)
    {
        InstanceManifest manifest = InstanceManifest.Of(state, effect.ShardUid, effect.InstanceId, effect.NodeUid, effect.OperationId);
        try
        {
            if (!effect.Recover)
            {
                Clear(manifest);
            }

            _manifests.Note(manifest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string what = $"{_folders.Of(effect.InstanceId)} could not be prepared: {e.Message}";
            if (!effect.Recover)
            {
                throw new EngineException(what, e);
            }

            parts.Feed.Say("store", what); // Its data is there, and serves.
        }
    }

    /// <summary>
    /// An instance that begins anew throws away what it was told to: what this very instance held as a replica or target. Anything else in its
    /// place is not what the state thinks it is.
    /// </summary>
    private void Clear(InstanceManifest manifest)
    {
        string folder = _folders.Of(manifest.InstanceId);
        if (!Directory.Exists(folder))
        {
            return;
        }

        InstanceManifest? was = InstanceManifest.Read(folder).Manifest;
        if (InstanceFolders.IsEmpty(folder)
            || (was is { Role: not InstanceRole.Master } && was.InstanceId == manifest.InstanceId && was.Cluster.Id == manifest.Cluster.Id))
        {
            _manifests.Delete(manifest.InstanceId);
            return;
        }

        parts.Feed.Say("store",
            $"{folder} holds what nobody expected there ({was?.Describe() ?? "it does not say what"}); it was moved to "
            + _folders.MoveAside(manifest.InstanceId, parts.Time));
    }

    /// <summary>Before a hold: writes down what the target is about to be.</summary>
    private void PreparePromotion(SwitchShard effect)
    {
        try
        {
            _manifests.Prepare(PromotedManifest(effect.TargetInstanceId, effect.ShardUid));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            parts.Feed.Say("store", $"what {_folders.Of(effect.TargetInstanceId)} is to be could not be written: {e.Message}");
        }
    }

    /// <summary>Stores what a switch reports; with the commit, and before anybody is served, the target's folder says it too.</summary>
    private async Task StoreSwitchAsync(ClusterEvent happened, long targetInstanceId)
    {
        Task confirmed = happened is ShardPromoted ? Task.Run(() => _manifests.Confirm(targetInstanceId)) : Task.CompletedTask;
        await sink.PostAndStoreAsync(happened).ConfigureAwait(false);
        await confirmed.ConfigureAwait(false);
    }

    /// <summary>Before a replica that took over serves.</summary>
    private void NotePromoted(long instanceId)
    {
        try
        {
            ShardState shard = _latest!.Shards.Values.Single(s => s.InstanceId == instanceId);
            _manifests.Note(PromotedManifest(instanceId, shard.Uid));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            parts.Feed.Say("store", $"what {_folders.Of(instanceId)} is now could not be written: {e.Message}");
        }
    }

    private InstanceManifest PromotedManifest(long instanceId, int shardUid)
    {
        ClusterState state = _latest!;
        ShardState shard = state.Shards.Values.FirstOrDefault(s => s.InstanceId == instanceId) ?? state.Shards[shardUid];
        int node = InstanceManifest.Read(_folders.Of(instanceId)).Manifest?.NodeUid ?? shard.NodeUid;
        return InstanceManifest.Of(state, shard.Uid, instanceId, node).Promoted(state.MasterOf(shard).Epoch + 1);
    }

    private void DeleteData(long instanceId)
    {
        try
        {
            _manifests.Delete(instanceId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            parts.Feed.Say("shard", $"the data in {_folders.Of(instanceId)} could not be deleted: {e.Message}");
        }
    }
}
