using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Validation;

/// <summary>Everything that can be wrong with moving shards and failing them over, reported together.</summary>
internal static class ShardValidators
{
    public static IEnumerable<RequestError> Check(ClusterState state, MigrateShards request)
    {
        List<RequestError> errors = [.. Known(state, request.ShardUids)];
        if (!state.Nodes.TryGetValue(request.TargetNodeUid, out NodeState? target))
        {
            errors.Add(RequestErrors.NodeNotFound(request.TargetNodeUid, "target_node_uid"));
        }
        else if (!target.AcceptServers)
        {
            errors.Add(RequestErrors.NodeTakesNothing(target.Uid, "target_node_uid"));
        }

        ImmutableArray<ShardState> moving = Moving(state, request);
        errors.AddRange(DatabasesOf(state, moving).SelectMany(d => UpdateValidators.Free(state, d)));
        errors.AddRange(moving.SelectMany(s => SharesNode(state, s, request.TargetNodeUid, moving)));
        return errors;
    }

    /// <summary>The shards that are not on the target yet.</summary>
    public static ImmutableArray<ShardState> Moving(ClusterState state, MigrateShards request) =>
    [
        .. Distinct(request.ShardUids).Where(state.Shards.ContainsKey).Select(uid => state.Shards[uid]).Where(
            s => s.NodeUid != request.TargetNodeUid),
    ];

    public static IEnumerable<RequestError> Check(ClusterState state, FailoverShards request)
    {
        List<RequestError> errors = [.. Known(state, request.ShardUids)];
        ImmutableArray<ShardState> shards =
            [.. Distinct(request.ShardUids).Where(state.Shards.ContainsKey).Select(uid => state.Shards[uid])];
        errors.AddRange(shards.Where(s => s.Role == ShardRole.Replica).Select(s => new RequestError(
            RequestErrorKind.Invalid, "shard_is_slave", $"Shard {s.Uid} is a replica; only a master can fail over.", "shard_uids")));
        if (shards.Select(s => s.DatabaseUid).Distinct().Count() > 1)
        {
            errors.Add(new RequestError(
                RequestErrorKind.Invalid, "failover_shards_different_bdb",
                    "The shards belong to different databases; fail over one database at a time.", "shard_uids"));
        }

        errors.AddRange(DatabasesOf(state, shards).SelectMany(d => UpdateValidators.Free(state, d)));
        errors.AddRange(shards.Where(s => s.Role == ShardRole.Master).SelectMany(s => HasReadyReplica(state, s)));
        return errors;
    }

    public static IEnumerable<int> Distinct(ImmutableArray<int> uids) => uids.IsDefault ? [] : uids.Distinct();

    private static IEnumerable<RequestError> Known(ClusterState state, ImmutableArray<int> uids) =>
        uids.IsDefaultOrEmpty
            ? [RequestErrors.ShardsRequired()]
            : uids.Distinct().Where(uid => !state.Shards.ContainsKey(uid)).Select(RequestErrors.ShardNotFound);

    private static IEnumerable<DatabaseState> DatabasesOf(ClusterState state, ImmutableArray<ShardState> shards) =>
        shards.Select(s => s.DatabaseUid).Distinct().Order().Select(uid => state.Databases[uid]);

    /// <summary>Master and replica never share a node, not even because both are asked to go there.</summary>
    private static IEnumerable<RequestError> SharesNode(ClusterState state, ShardState shard, int target, ImmutableArray<ShardState> moving)
    {
        foreach (ShardState other in state.GroupOf(shard).Where(o => o.Uid != shard.Uid))
        {
            string otherIs = other.Role == ShardRole.Master ? "master" : "replica";
            if (other.NodeUid == target)
            {
                yield return new RequestError(RequestErrorKind.Invalid, "invalid_placement",
                    $"Shard {shard.Uid} cannot go to node {target}: its {otherIs}, shard {other.Uid}, is there. "
                    + "Choose another node, or fail over.",
                    "target_node_uid");
            }
            else if (shard.Uid < other.Uid && moving.Contains(other))
            {
                yield return new RequestError(RequestErrorKind.Invalid, "invalid_placement",
                    $"Shard {shard.Uid} and its {otherIs}, shard {other.Uid}, cannot both go to node {target}.", "shard_uids");
            }
        }
    }

    private static IEnumerable<RequestError> HasReadyReplica(ClusterState state, ShardState master)
    {
        DatabaseState database = state.Databases[master.DatabaseUid];
        ShardState? replica = state.ReplicasOf(master).FirstOrDefault();
        if (replica is null)
        {
            bool engineCan = state.Settings.Engines.TryGetValue(database.Engine, out EngineTraits? traits) && traits.Replication;
            string why = engineCan ? $"database {database.Uid} has no replication" : $"the engine '{database.Engine}' has no replicas";
            yield return new RequestError(
                RequestErrorKind.NotAcceptable, "invalid_replication", $"Shard {master.Uid} cannot fail over: {why}.", "shard_uids");
        }
        else if (replica.Status != ShardStatus.Active)
        {
            yield return new RequestError(RequestErrorKind.Conflict, "replica_not_active",
                $"Shard {master.Uid} cannot fail over: its replica, shard {replica.Uid}, does not run ({replica.Problem ?? "it is starting"}).",
                "shard_uids");
        }
    }
}
