using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Server.Engines;

namespace Baton.Server.Control;

/// <summary>
/// Finds the shards whose engine is over its memory limit and cannot say so itself (the embedded Garnet). Used by one loop.
/// </summary>
internal sealed class MemoryWatch(InstanceRegistry instances)
{
    /// <summary>Writes are taken again below this part of the limit, so that the answer does not flap.</summary>
    private const double ResumeBelow = 0.95;

    private ImmutableHashSet<int> _full = [];

    /// <summary>Looks once. Returns the route uids that are full when that has changed, else null.</summary>
    public async Task<ImmutableHashSet<int>?> LookAsync(ClusterState state, CancellationToken cancellationToken)
    {
        ImmutableHashSet<int>.Builder full = ImmutableHashSet.CreateBuilder<int>();
        foreach (ShardState master in state.Shards.Values.Where(s => s.Role == ShardRole.Master))
        {
            if (instances.Find(master.InstanceId) is { Capabilities.Kind: EngineKind.Garnet, Settings.MemoryLimitBytes: > 0 } engine
                && await IsFullAsync(engine, _full.Contains(state.RouteUidOf(master)), cancellationToken).ConfigureAwait(false))
            {
                full.Add(state.RouteUidOf(master));
            }
        }

        if (full.SetEquals(_full))
        {
            return null;
        }

        return _full = full.ToImmutable();
    }

    private static async Task<bool> IsFullAsync(IShardEngine engine, bool wasFull, CancellationToken cancellationToken)
    {
        try
        {
            EngineHealth health = await engine.ProbeAsync(cancellationToken).ConfigureAwait(false);
            return health.UsedMemoryBytes > engine.Settings.MemoryLimitBytes * (wasFull ? ResumeBelow : 1.0);
        }
        catch (EngineException)
        {
            return wasFull; // It does not answer: nothing new is known.
        }
    }
}
