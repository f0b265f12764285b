using Baton.Cluster.Model;
using Baton.Cluster.Placement;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Validation;

/// <summary>Everything that can be wrong with POST /v1/bdbs, reported together.</summary>
internal static class CreateDatabaseValidator
{
    public static IEnumerable<RequestError> Check(ClusterState state, CreateDatabase request) =>
    [
        .. DatabaseRules.Name(request.Name),
        .. DatabaseRules.MemorySize(request.MemorySize),
        .. Uid(state, request),
        .. request.Port is null or 0 ? [] : DatabaseRules.Port(state, request.Port.Value),
        .. Sharding(request),
        .. DatabaseRules.ShardKeyRegex(request.ShardKeyRegex),
        .. DatabaseRules.EvictionPolicy(request.EvictionPolicy),
        .. Persistence(request),
        .. Engine(state, request),
        .. Nodes(state, request),
    ];

    private static IEnumerable<RequestError> Uid(ClusterState state, CreateDatabase request)
    {
        if (request.Uid is < 1)
        {
            yield return new RequestError(RequestErrorKind.Invalid, "invalid_value", $"uid is {request.Uid}; it must be over 0.", "uid");
        }
        else if (request.Uid is { } uid && (state.Databases.ContainsKey(uid) || IsOfTheDead(state, uid)))
        {
            yield return new RequestError(
                RequestErrorKind.Conflict, "uid_exists", $"The uid {uid} is or was a database's; uids are not reused.", "uid");
        }
    }

    // An explicit uid moves the counter, so whatever is below the counter may have been used; those never given out explicitly are
    // refused too, which costs nobody anything.
    private static bool IsOfTheDead(ClusterState state, int uid) => uid < state.NextDatabaseUid;

    private static IEnumerable<RequestError> Sharding(CreateDatabase request)
    {
        if (request.ShardsCount is < 1 or > DatabaseRules.MaxShards)
        {
            yield return new RequestError(RequestErrorKind.NotAcceptable, "invalid_sharding",
                $"shards_count is {request.ShardsCount}; it must be between 1 and {DatabaseRules.MaxShards}.", "shards_count");
        }
        else if (request.Sharding == false && request.ShardsCount > 1)
        {
            yield return new RequestError(RequestErrorKind.NotAcceptable, "invalid_sharding",
                $"sharding is false, but shards_count is {request.ShardsCount}.", "sharding");
        }
    }

    private static IEnumerable<RequestError> Persistence(CreateDatabase request)
    {
        if (request.Persistence is not (null or "none" or "everysec" or "always"))
        {
            yield return new RequestError(RequestErrorKind.NotAcceptable, "invalid_persistence",
                $"There is no persistence '{request.Persistence}'; there are none, everysec and always.", "data_persistence");
        }
    }

    private static IEnumerable<RequestError> Engine(ClusterState state, CreateDatabase request)
    {
        string engine = request.Engine ?? state.Settings.DefaultEngine;
        if (!state.Settings.Engines.TryGetValue(engine, out EngineTraits? traits))
        {
            yield return new RequestError(RequestErrorKind.NotAcceptable, "invalid_engine",
                $"The engine '{engine}' is not available here; available: {string.Join(", ", state.Settings.Engines.Keys)}.", "engine");
        }
        else if (request.Replication && !traits.Replication)
        {
            yield return new RequestError(RequestErrorKind.NotAcceptable, "invalid_replication",
                $"The engine '{engine}' has no replicas; use the engine 'redis', or replication false.", "replication");
        }
    }

    private static IEnumerable<RequestError> Nodes(ClusterState state, CreateDatabase request)
    {
        if (PlacementPlanner.Plan(state, 1, request.Replication, request.Placement) is null)
        {
            string needs = request.Replication ? "A database with replication needs two nodes" : "A database needs a node";
            int accepting = state.Nodes.Values.Count(n => n.AcceptServers);
            yield return new RequestError(RequestErrorKind.NotAcceptable, "insufficient_resources",
                $"{needs} that accept shards; there are {accepting}.",
                request.Replication ? "replication" : null);
        }
    }
}
