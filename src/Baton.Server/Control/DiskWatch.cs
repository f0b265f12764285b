using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Server.Engines;

namespace Baton.Server.Control;

/// <summary>
/// Finds embedded instances whose files have outgrown their database. What they hold of use is at most the memory limit (over it writes are
/// refused) and, where they persist, a checkpoint and a log of it: the rest is dead. Used by one loop.
/// </summary>
internal sealed class DiskWatch(InstanceRegistry instances, ControlLimits limits)
{
    /// <summary>Looks once.</summary>
    public IEnumerable<ShardBloated> Look(ClusterState state)
    {
        foreach (ShardState master in state.Shards.Values.Where(s => s.Role == ShardRole.Master && s.Status == ShardStatus.Active))
        {
            if (instances.Find(master.InstanceId) is { Capabilities.Kind: EngineKind.Garnet } engine
                && MostOf(engine.Settings.MemoryLimitBytes) is > 0 and var most && DiskOf(engine.Spec.DataDirectory) is var bytes && bytes > most)
            {
                yield return new ShardBloated(master.Uid, master.InstanceId, bytes);
            }
        }
    }

    /// <summary>What an instance may take; 0 = as much as it likes.</summary>
    private long MostOf(long memoryLimit) => memoryLimit == 0 ? 0 : limits.DiskBesides + (limits.DiskPerByte * memoryLimit);

    private static long DiskOf(string directory)
    {
        try
        {
            return new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        }
        catch (IOException)
        {
            return 0; // A file went while it was looked at, or the instance did: there is a next time.
        }
    }
}
