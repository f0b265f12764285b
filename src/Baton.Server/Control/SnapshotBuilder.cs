using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Server.Proxy;

namespace Baton.Server.Control;

/// <summary>Cluster state and running instances to what the data path may see. Databases that do not serve yet are left out.</summary>
internal static class SnapshotBuilder
{
    /// <param name="state">The stored state.</param>
    /// <param name="instances">Where instances are reached.</param>
    /// <param name="full">Route uids whose engine is full and cannot say so.</param>
    /// <param name="before">The snapshot published last: what is equal in it is used again.</param>
    /// <returns>The same object as <paramref name="before"/> when the data path would see no difference.</returns>
    public static ProxySnapshot Build(ClusterState state, InstanceRegistry instances, ImmutableHashSet<int> full, ProxySnapshot before)
    {
        ImmutableDictionary<int, DatabaseRoute>.Builder routes = ImmutableDictionary.CreateBuilder<int, DatabaseRoute>();
        bool same = before.MaintenanceNotifications == state.Settings.ClientMaintNotifications;
        foreach (DatabaseState database in state.Databases.Values)
        {
            if (RouteOf(state, database, instances, full) is not { } route)
            {
                continue;
            }

            bool known = before.Databases.TryGetValue(database.Uid, out DatabaseRoute? old) && AreEqual(old, route);
            same &= known;
            routes.Add(database.Uid, known ? old! : route);
        }

        return same && routes.Count == before.Databases.Count
            ? before
            : new ProxySnapshot(state.Revision, state.Settings.ClientMaintNotifications, routes.ToImmutable());
    }

    private static DatabaseRoute? RouteOf(
        ClusterState state, DatabaseState database, InstanceRegistry instances, ImmutableHashSet<int> full)
    {
        ImmutableArray<ShardRoute>.Builder shards = ImmutableArray.CreateBuilder<ShardRoute>();
        foreach (ShardState master in state.MastersOf(database.Uid))
        {
            if (instances.TargetOf(master.InstanceId) is not { } target)
            {
                return null;
            }

            int uid = state.RouteUidOf(master);
            shards.Add(new ShardRoute(uid, master.FirstSlot, master.LastSlot, target, full.Contains(uid)));
        }

        ProxyLimits limits = ProxyLimits.Default with
        {
            HoldLimit = TimeSpan.FromMilliseconds(state.Settings.HoldLimitMs),
            IdleTimeoutSeconds = database.IdleTimeoutSeconds,
            KeepAliveSeconds = database.KeepAliveSeconds,
        };
        return shards.Count == 0
            ? null
            : new DatabaseRoute(database.Uid, database.Name, database.Port, database.Password, shards.ToImmutable(), limits);
    }

    private static bool AreEqual(DatabaseRoute left, DatabaseRoute right) =>
        left with { Shards = [] } == right with { Shards = [] } && left.Shards.SequenceEqual(right.Shards);
}
