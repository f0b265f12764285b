using System.Collections.Immutable;
using Baton.Cluster.Model;

namespace Baton.Server.Store;

/// <summary>
/// What of a state must outlive the process. The rest is stored too, but says only what runs now (an instance is up, a listener open, a replica
/// in sync): the next start finds that out by itself and believes no stored word of it.
/// </summary>
internal static class StateEssence
{
    /// <summary>True when a start would do something else on one than on the other. May say true for equal ones, never false for others.</summary>
    public static bool Differs(ClusterState one, ClusterState other) =>
        !ReferenceEquals(one.Operations, other.Operations)
        || !ReferenceEquals(one.Nodes, other.Nodes)
        || (one.NextShardUid, one.NextDatabaseUid, one.NextInstanceId, one.NextOperationId)
            != (other.NextShardUid, other.NextDatabaseUid, other.NextInstanceId, other.NextOperationId)
        || Of(one.Settings) != Of(other.Settings)
        || Differ(one.Databases, other.Databases, Of)
        || Differ(one.Shards, other.Shards, Of);

    /// <summary>The engines are told anew at each start.</summary>
    private static ClusterSettings Of(ClusterSettings settings) =>
        settings with { Engines = ImmutableSortedDictionary<string, EngineTraits>.Empty };

    private static DatabaseState Of(DatabaseState database) => database with { ListeningNodes = [] };

    private static ShardState Of(ShardState shard) =>
        shard with { Status = ShardStatus.Inactive, InSyncWith = 0, Restarts = 0, StartedAt = null, Problem = null };

    private static bool Differ<T>(ImmutableSortedDictionary<int, T> one, ImmutableSortedDictionary<int, T> other, Func<T, T> essence)
        where T : class =>
        !ReferenceEquals(one, other)
        && (one.Count != other.Count || one.Any(entry => !other.TryGetValue(entry.Key, out T? value)
            || (!ReferenceEquals(entry.Value, value) && !essence(entry.Value).Equals(essence(value)))));
}
