using Baton.Cluster.Model;

namespace Baton.Server.Store;

/// <summary>
/// Keeps the state in memory, for clusters that need not outlive the process. Like the file, it hands out what was saved last.
/// </summary>
public sealed class MemoryClusterStore : IClusterStore
{
    private ClusterState? _saved;

    /// <inheritdoc/>
    public ValueTask<ClusterState?> LoadAsync() => ValueTask.FromResult(_saved);

    /// <inheritdoc/>
    public ValueTask SaveAsync(ClusterState state)
    {
        _saved = state;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ProbeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
