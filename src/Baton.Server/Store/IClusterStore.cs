using Baton.Cluster.Model;

namespace Baton.Server.Store;

/// <summary>Where the cluster's state outlives the process. One user at a time; not thread-safe.</summary>
public interface IClusterStore : IAsyncDisposable
{
    /// <summary>The last saved state, or null when nothing was ever saved.</summary>
    /// <exception cref="StoreException">What is there cannot be read; the message names the file and what to do.</exception>
    ValueTask<ClusterState?> LoadAsync();

    /// <summary>
    /// Saves a state. When this returns it survives a power cut; when it throws, the one before may or may not have been replaced.
    /// </summary>
    /// <exception cref="StoreException">It could not be saved.</exception>
    ValueTask SaveAsync(ClusterState state);

    /// <summary>
    /// Proves that a save would be quick now: does what the next one would have to do besides (tidying up), then writes and syncs a little
    /// where saves go. Nothing that is stored changes. Who asks takes the time.
    /// </summary>
    /// <exception cref="StoreException">It could not be written: a save would fail too.</exception>
    ValueTask ProbeAsync();
}
