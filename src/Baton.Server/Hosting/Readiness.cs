using Baton.Cluster.Model;

namespace Baton.Server.Hosting;

/// <summary>When a start is over. Pure.</summary>
internal static class Readiness
{
    /// <summary>Every database serves from every node it is bound to, or is one that never will.</summary>
    public static bool IsReached(ClusterState state) => state.Databases.Values.All(database => IsDone(state, database));

    /// <exception cref="ClusterHostException">The database of a new cluster could not be made.</exception>
    public static void ThrowIfFailed(ClusterState state, bool isNew)
    {
        var failed = isNew ? state.Databases.Values.FirstOrDefault(database => database.Status == DatabaseStatus.CreationFailed) : null;
        if (failed is not null)
        {
            var why = failed.OperationId is { } id && state.Operations.TryGetValue(id, out var operation) ? operation.Error : null;
            throw new ClusterHostException($"The database {failed.Name} could not be made: {why ?? "no reason is known"}");
        }
    }

    /// <summary>What is still missing, for people.</summary>
    public static string Describe(ClusterState state)
    {
        var missing = state.Databases.Values.Where(database => !IsDone(state, database)).Select(database =>
        {
            var problems = state.ShardsOf(database.Uid).Where(shard => shard.Status != ShardStatus.Active)
                .Select(shard =>
                    $"shard {shard.Uid} on node {shard.NodeUid} does not run{(shard.Problem is null ? "" : $" ({shard.Problem})")}");
            return $"{database.Name}: {string.Join(", ", problems.DefaultIfEmpty("no proxy listens"))}";
        });
        return string.Join("; ", missing);
    }

    private static bool IsDone(ClusterState state, DatabaseState database) => database.Status switch
    {
        DatabaseStatus.Pending => false,
        DatabaseStatus.CreationFailed or DatabaseStatus.DeletePending => true,
        _ => !database.ListeningNodes.IsEmpty
            && database.BoundNodes.IsSubsetOf(database.ListeningNodes)
            && state.MastersOf(database.Uid).All(shard => shard.Status == ShardStatus.Active),
    };
}
