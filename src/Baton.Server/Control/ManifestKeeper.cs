using System.Collections.Concurrent;
using Baton.Cluster.Model;
using Baton.Server.Store;

namespace Baton.Server.Control;

/// <summary>
/// Keeps what the instances' folders say of themselves true.
/// <code>
/// when                                  written
/// an instance is about to start         before it does: a folder never holds data that nobody can explain
/// a switch, an unplanned failover       the new master's, before it serves; beside the state, which is the truth, so that both waits are one
/// settings, places, roles changed       soon after, in the background
/// a start                               what a switch left that was cut off between its two waits is set right before anything serves
/// </code>
/// Thread-safe; each folder is written by one at a time.
/// </summary>
internal sealed class ManifestKeeper(InstanceFolders folders, ControlFeed feed) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<long, Entry> _entries = new();
    private readonly Lock _chain = new();
    private Task _writing = Task.CompletedTask;

    /// <summary>Writes it now.</summary>
    public void Note(InstanceManifest manifest)
    {
        Entry entry = EntryOf(manifest.InstanceId);
        lock (entry.Gate)
        {
            entry.Wanted = manifest;
            folders.Note(manifest);
            entry.IsNoted = true;
        }
    }

    /// <summary>Makes ready what an instance is to become, if all goes well.</summary>
    public void Prepare(InstanceManifest manifest)
    {
        Entry entry = EntryOf(manifest.InstanceId);
        lock (entry.Gate)
        {
            folders.Prepare(manifest);
            entry.Prepared = manifest;
        }
    }

    /// <summary>
    /// An instance became what was prepared for it, if anything was. Inside a hold: one sync. What goes wrong is said, and is set right later.
    /// </summary>
    public void Confirm(long instanceId)
    {
        Entry entry = EntryOf(instanceId);
        lock (entry.Gate)
        {
            if (entry.Prepared is { } prepared)
            {
                (entry.Wanted, entry.Prepared) = (prepared, null);
                Try(instanceId, () => folders.Confirm(instanceId));
            }
        }
    }

    /// <summary>Deletes an instance's folder with all that is in it.</summary>
    public void Delete(long instanceId)
    {
        Entry entry = EntryOf(instanceId);
        lock (entry.Gate)
        {
            (entry.Wanted, entry.IsNoted) = (null, false);
            folders.Delete(instanceId);
        }
    }

    /// <summary>Writes, soon, what a change of the state made untrue.</summary>
    public void Refresh(ClusterState before, ClusterState after)
    {
        bool all = !ReferenceEquals(before.Settings, after.Settings) || !ReferenceEquals(before.Nodes, after.Nodes);
        if (!all && ReferenceEquals(before.Shards, after.Shards) && ReferenceEquals(before.Databases, after.Databases))
        {
            return;
        }

        foreach (ShardState shard in after.Shards.Values)
        {
            if (all || !ReferenceEquals(before.Shards.GetValueOrDefault(shard.Uid), shard)
                || !ReferenceEquals(before.Databases.GetValueOrDefault(shard.DatabaseUid), after.Databases[shard.DatabaseUid]))
            {
                Want(InstanceManifest.Of(after, shard.Uid, shard.InstanceId, shard.NodeUid));
            }
        }
    }

    /// <summary>Waits for what is being written.</summary>
    public async ValueTask DisposeAsync()
    {
        Task writing;
        lock (_chain)
        {
            writing = _writing;
        }

        await writing.ConfigureAwait(false);
    }

    private Entry EntryOf(long instanceId) => _entries.GetOrAdd(instanceId, static _ => new Entry());

    private void Want(InstanceManifest manifest)
    {
        Entry entry = EntryOf(manifest.InstanceId);
        if (manifest.SaysTheSameAs(entry.Wanted))
        {
            return;
        }

        entry.Wanted = manifest;
        if (Interlocked.Exchange(ref entry.Queued, 1) == 1)
        {
            return; // However often a thing changes: what is written next is the last.
        }

        lock (_chain)
        {
            _writing = _writing.ContinueWith(
                _ => WriteWanted(manifest.InstanceId, entry), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>
    /// Only into a folder that is the instance's: one that is gone or not made yet is none of this, and what stands in the place of an instance that
    /// has not begun must not be told that it is the instance, which would throw it away.
    /// </summary>
    private void WriteWanted(long instanceId, Entry entry)
    {
        Volatile.Write(ref entry.Queued, 0);
        lock (entry.Gate)
        {
            if (entry is { Wanted: { } wanted, IsNoted: true } && Directory.Exists(folders.Of(instanceId)))
            {
                Try(instanceId, () => folders.Note(wanted));
            }
        }
    }

    private void Try(long instanceId, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            feed.Say("store", $"what {folders.Of(instanceId)} says of itself could not be written: {e.Message}");
        }
    }

    private sealed class Entry
    {
        public Lock Gate { get; } = new();

        public volatile InstanceManifest? Wanted;
        public int Queued;

        public InstanceManifest? Prepared { get; set; }

        /// <summary>Its folder has been prepared for it, or was found to be its own.</summary>
        public bool IsNoted { get; set; }
    }
}
