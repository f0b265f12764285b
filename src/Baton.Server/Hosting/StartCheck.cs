using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Server.Store;

namespace Baton.Server.Hosting;

/// <summary>
/// Whether a data directory is one thing: a state and the folders it speaks of. A start that went on with anything else could serve an empty or
/// an old database, or clear away the only good copy. Touches nothing.
/// </summary>
internal static class StartCheck
{
    /// <exception cref="StoreException">It is not; everything that was found is named, with what to do.</exception>
    public static void Require(string directory, ClusterState? stored, IReadOnlySet<string> acceptedLosses)
    {
        InstanceFolders folders = new(directory);
        string beside = Path.Combine(directory, FileClusterStore.FileName + FileClusterStore.BesideSuffix);
        if (Directory.Exists(beside))
        {
            throw new StoreException($"{beside} is a folder, where the cluster's state is written anew. Nothing was touched; move it away.");
        }

        IReadOnlyList<FoundInstance> found = folders.Look();
        if (stored is null)
        {
            RequireFresh(directory, File.Exists(beside) ? beside : null, found);
            return;
        }

        string[] strange = [.. found.Select(instance => Strangeness(stored, instance)).OfType<string>()];
        if (strange.Length > 0)
        {
            throw new StoreException($"{directory} holds what does not belong together: {string.Join("; ", strange)}. {StateFile.Advice(directory)}");
        }

        RequirePromised(stored, folders, acceptedLosses);
    }

    private static void RequireFresh(string directory, string? beside, IReadOnlyList<FoundInstance> found)
    {
        if (found.Count > 0 || beside is not null)
        {
            string what = string.Join(", ", found.Select(instance => instance.Describe()).Prepend(beside).OfType<string>());
            throw new StoreException($"{directory} has no {FileClusterStore.FileName}, but it is not empty: it holds {what}. {StateFile.Advice(directory)}");
        }
    }

    private static string? Strangeness(ClusterState stored, FoundInstance found)
    {
        InstanceManifest? manifest = found.Manifest;
        if (manifest is not null && manifest.Cluster.Id != stored.Settings.Id)
        {
            return $"{found.Describe()} is of another cluster, {manifest.Cluster.Name} ({manifest.Cluster.Id}), "
                + $"than the state, {stored.Settings.Name} ({stored.Settings.Id})";
        }

        if (manifest is not null && manifest.InstanceId != found.Id)
        {
            return $"instances/{found.Id} holds the data of instance {manifest.InstanceId}";
        }

        bool later = found.Id >= stored.NextInstanceId
            || (manifest is { Role: InstanceRole.Master } && IsLater(stored, found.Id, manifest));
        return later ? $"{found.Describe()} is of a later time than the state (revision {stored.Revision})" : null;
    }

    /// <summary>It claims to be master after the one the state knows, and no operation of the state explains that.</summary>
    private static bool IsLater(ClusterState stored, long instanceId, InstanceManifest manifest) =>
        stored.MastersOf(manifest.Database.Uid).FirstOrDefault(m => m.FirstSlot == manifest.FirstSlot) is { } master
        && manifest.Epoch > master.Epoch
        && !stored.Operations.Values.Any(o => o.Names(instanceId));

    private static void RequirePromised(ClusterState stored, InstanceFolders folders, IReadOnlySet<string> acceptedLosses)
    {
        var gone = stored.Databases.Values
            .Where(database => database.Persistence != "none" && !acceptedLosses.Contains(database.Name)
                && database.Status is DatabaseStatus.Active or DatabaseStatus.ActiveChangePending)
            .SelectMany(database => stored.MastersOf(database.Uid)
                .Where(master => !HasLog(folders.Of(master.InstanceId))).Select(master => (Database: database, Master: master))).ToArray();
        if (gone.Length > 0)
        {
            string list = string.Join("; ", gone.Select(g =>
                $"shard {g.Master.Uid} (slots {g.Master.FirstSlot}-{g.Master.LastSlot}) of database {g.Database.Name}, "
                + $"persistence {g.Database.Persistence}, in {folders.Of(g.Master.InstanceId)}"));
            string names = string.Join(' ', gone.Select(g => g.Database.Name).Distinct());
            throw new StoreException(
                $"Data that was promised to be kept is gone: {list}. Nothing was touched. Put the folder back; or, if it is lost for good, "
                + $"start with --accept-loss {names}, and the shard begins empty.");
        }
    }

    private static bool HasLog(string folder)
    {
        try
        {
            return InstanceFolders.HasLog(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{folder} cannot be read: {e.Message} Nothing was touched.", e);
        }
    }
}
