using System.Collections.Immutable;
using Baton.Cluster.Model;

namespace Baton.Server.Store;

/// <summary>
/// What changed from one saved state to the next: one line of the file. Small, because it is written while a shard's commands are held.
/// States are immutable, so an entry that is the same object has not changed.
/// </summary>
internal sealed record StateChange
{
    public long Revision { get; init; }

    public int NextShardUid { get; init; }

    public int NextDatabaseUid { get; init; }

    public long NextInstanceId { get; init; }

    public long NextOperationId { get; init; }

    /// <summary>Null = unchanged.</summary>
    public ClusterSettings? Settings { get; init; }

    public ImmutableArray<NodeState> Nodes { get; init; } = [];

    public ImmutableArray<int> NodesGone { get; init; } = [];

    public ImmutableArray<DatabaseState> Databases { get; init; } = [];

    public ImmutableArray<int> DatabasesGone { get; init; } = [];

    public ImmutableArray<ShardState> Shards { get; init; } = [];

    public ImmutableArray<int> ShardsGone { get; init; } = [];

    public ImmutableArray<OperationState> Operations { get; init; } = [];

    public ImmutableArray<long> OperationsGone { get; init; } = [];

    /// <summary>From one state to the next; from null: everything.</summary>
    public static StateChange Between(ClusterState? before, ClusterState after)
    {
        (ImmutableArray<NodeState> nodes, ImmutableArray<int> nodesGone) = Compare(before?.Nodes, after.Nodes);
        (ImmutableArray<DatabaseState> databases, ImmutableArray<int> databasesGone) = Compare(before?.Databases, after.Databases);
        (ImmutableArray<ShardState> shards, ImmutableArray<int> shardsGone) = Compare(before?.Shards, after.Shards);
        (ImmutableArray<OperationState> operations, ImmutableArray<long> operationsGone) = Compare(before?.Operations, after.Operations);
        return new StateChange
        {
            Revision = after.Revision,
            NextShardUid = after.NextShardUid,
            NextDatabaseUid = after.NextDatabaseUid,
            NextInstanceId = after.NextInstanceId,
            NextOperationId = after.NextOperationId,
            Settings = ReferenceEquals(before?.Settings, after.Settings) ? null : after.Settings,
            Nodes = nodes,
            NodesGone = nodesGone,
            Databases = databases,
            DatabasesGone = databasesGone,
            Shards = shards,
            ShardsGone = shardsGone,
            Operations = operations,
            OperationsGone = operationsGone,
        };
    }

    /// <summary>Applies the change. The first one, on null, must bring the settings.</summary>
    public ClusterState ApplyTo(ClusterState? before)
    {
        ClusterState state = before
            ?? new ClusterState { Settings = Settings ?? throw new StoreException("The first line brings no settings.") };
        return state with
        {
            Revision = Revision,
            NextShardUid = NextShardUid,
            NextDatabaseUid = NextDatabaseUid,
            NextInstanceId = NextInstanceId,
            NextOperationId = NextOperationId,
            Settings = Settings ?? state.Settings,
            Nodes = Merge(state.Nodes, Nodes, n => n.Uid, NodesGone),
            Databases = Merge(state.Databases, Databases, d => d.Uid, DatabasesGone),
            Shards = Merge(state.Shards, Shards, s => s.Uid, ShardsGone),
            Operations = Merge(state.Operations, Operations, o => o.Id, OperationsGone),
        };
    }

    private static (ImmutableArray<T> Set, ImmutableArray<TKey> Gone) Compare<TKey, T>(
        ImmutableSortedDictionary<TKey, T>? before, ImmutableSortedDictionary<TKey, T> after)
        where TKey : notnull
        where T : class
    {
        if (ReferenceEquals(before, after))
        {
            return ([], []);
        }

        ImmutableArray<T> set = [.. after.Where(
            p => before is null || !before.TryGetValue(p.Key, out T? old) || !ReferenceEquals(old, p.Value)).Select(p => p.Value)];
        ImmutableArray<TKey> gone = before is null ? [] : [.. before.Keys.Where(k => !after.ContainsKey(k))];
        return (set, gone);
    }

    private static ImmutableSortedDictionary<TKey, T> Merge<TKey, T>(
        ImmutableSortedDictionary<TKey, T> before, ImmutableArray<T> set, Func<T, TKey> key, ImmutableArray<TKey> gone)
        where TKey : notnull => before.SetItems(set.Select(v => KeyValuePair.Create(key(v), v))).RemoveRange(gone);
}
