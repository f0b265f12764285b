using Baton.Cluster.Model;
using Baton.Server.Store;

namespace Baton.Server.Tests.Control;

/// <summary>A store whose disk is full when the test says so. What was saved last is what is loaded.</summary>
internal sealed class FailingStore : IClusterStore
{
    private volatile ClusterState? _saved;
    private int _refused;

    public volatile bool Full;

    /// <summary>How often it has refused since it was asked last.</summary>
    public int TakeRefused() => Interlocked.Exchange(ref _refused, 0);

    public ClusterState? Saved => _saved;

    public ValueTask<ClusterState?> LoadAsync() => ValueTask.FromResult(_saved);

    public ValueTask SaveAsync(ClusterState state)
    {
        RequireRoom();
        _saved = state;
        return ValueTask.CompletedTask;
    }

    public ValueTask ProbeAsync()
    {
        RequireRoom();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void RequireRoom()
    {
        if (Full)
        {
            Interlocked.Increment(ref _refused);
            throw new StoreException("the disk is full.");
        }
    }
}
