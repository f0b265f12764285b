using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Validation;

/// <summary>Everything that can be wrong with changes of the cluster's or a database's settings, reported together.</summary>
internal static class UpdateValidators
{
    public static IEnumerable<RequestError> Check(UpdateCluster request)
    {
        if (request.HandoffsDelayMs is { } delay and (< 0 or > 10_000))
        {
            yield return RequestErrors.OutOfRange("state_machine_smart_client_handoffs_delay_ms", delay, 0, 10_000, "milliseconds");
        }

        if (request.EndpointRebindGraceSeconds is { } grace and (< 1 or > 3600))
        {
            yield return RequestErrors.OutOfRange("endpoint_rebind_propagation_grace_time", grace, 1, 3600, "seconds");
        }

        if (request.HoldLimitMs is { } hold and (< 1 or > 10_000))
        {
            yield return RequestErrors.OutOfRange("hold_limit_ms", hold, 1, 10_000, "milliseconds");
        }

        if (request.MasterStallLimitMs is { } stall and not 0 and (< 1000 or > 600_000))
        {
            yield return RequestErrors.OutOfRange("master_stall_limit_ms", stall, 1000, 600_000, "milliseconds (or 0 = for ever)");
        }
    }

    public static IEnumerable<RequestError> Check(ClusterState state, UpdateDatabase request)
    {
        if (!state.Databases.TryGetValue(request.DatabaseUid, out DatabaseState? database))
        {
            return [RequestErrors.DatabaseNotFound(request.DatabaseUid)];
        }

        return
        [
            .. Free(state, database),
            .. request.Name is null ? [] : DatabaseRules.Name(request.Name),
            .. request.MemorySize is null ? [] : DatabaseRules.MemorySize(request.MemorySize.Value),
            .. request.EvictionPolicy is null ? [] : DatabaseRules.EvictionPolicy(request.EvictionPolicy),
            .. Endpoint(state, database, request),
        ];
    }

    public static IEnumerable<RequestError> Check(ClusterState state, ConfigureDatabase request)
    {
        if (!state.Databases.ContainsKey(request.DatabaseUid))
        {
            return [RequestErrors.DatabaseNotFound(request.DatabaseUid)];
        }

        return
        [
            .. request.Values.TryGetValue(DatabaseConfiguration.EvictionPolicy, out string? policy) ? DatabaseRules.EvictionPolicy(policy) : [],
            .. request.Values.TryGetValue(DatabaseConfiguration.IdleTimeout, out string? idle)
                ? DatabaseRules.Seconds(DatabaseConfiguration.IdleTimeout, idle)
                : [],
            .. request.Values.TryGetValue(DatabaseConfiguration.KeepAlive, out string? keep)
                ? DatabaseRules.Seconds(DatabaseConfiguration.KeepAlive, keep)
                : [],
        ];
    }

    /// <summary>No operation runs on it, and it serves.</summary>
    public static IEnumerable<RequestError> Free(ClusterState state, DatabaseState database)
    {
        if (state.RunningOperationOf(database.Uid) is { } running)
        {
            yield return RequestErrors.Busy(database.Uid, running.Name, running.ActionUid);
        }
        else if (database.Status != DatabaseStatus.Active)
        {
            yield return RequestErrors.NotServing(database.Uid, database.Status.ToString());
        }
        else if (!state.IsUp(database))
        {
            yield return RequestErrors.NotServing(database.Uid, "starting, or a master of it is being started again; try again soon");
        }
    }

    private static IEnumerable<RequestError> Endpoint(ClusterState state, DatabaseState database, UpdateDatabase request)
    {
        if (request.Endpoint is { } endpoint && endpoint != database.EndpointUid)
        {
            yield return new RequestError(RequestErrorKind.NotFound, "endpoint_not_exist",
                $"Database {database.Uid} has no endpoint '{endpoint}'; it has {database.EndpointUid}.", "endpoint");
        }

        ImmutableArray<(int Node, string Field)> named =
        [
            .. (request.IncludeProxies ?? []).Select(n => (n, "include_proxies")),
            .. (request.ExcludeProxies ?? []).Select(n => (n, "exclude_proxies")),
            .. request.TargetNodeUid is { } target ? [(target, "target_node_uid")] : ImmutableArray<(int, string)>.Empty,
        ];
        ImmutableArray<RequestError> unknown =
            [.. named.Where(n => !state.Nodes.ContainsKey(n.Node)).Select(n => RequestErrors.NodeNotFound(n.Node, n.Field))];
        foreach (RequestError error in unknown)
        {
            yield return error;
        }

        if (request.TargetNodeUid is not null && (request.ProxyPolicy ?? database.ProxyPolicy) != ProxyPolicy.Single)
        {
            yield return new RequestError(RequestErrorKind.NotAcceptable, "invalid_proxy_policy",
                "target_node_uid goes with the policy single only; the others say themselves which nodes serve.", "target_node_uid");
        }

        if (unknown.IsEmpty && EndpointChange.IsAsked(request))
        {
            foreach (RequestError error in Wanted(state, database, request))
            {
                yield return error;
            }
        }
    }

    private static IEnumerable<RequestError> Wanted(ClusterState state, DatabaseState database, UpdateDatabase request)
    {
        ImmutableSortedSet<int> wanted = EndpointChange.Of(state, database, request).Wanted;
        if (wanted.IsEmpty)
        {
            yield return new RequestError(RequestErrorKind.NotAcceptable, "invalid_proxy_policy",
                "No node would serve the endpoint: of those that are not excluded none takes endpoints.", "exclude_proxies");
        }

        foreach (int closed in wanted.Except(database.BoundNodes).Where(n => !state.Nodes[n].AcceptServers))
        {
            yield return RequestErrors.NodeTakesNothing(closed, "proxy_policy");
        }
    }
}
