using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Placement;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Validation;

/// <summary>What an update asks of the endpoint, worked out against the state.</summary>
/// <param name="Policy">The policy in the end.</param>
/// <param name="Include">Exceptions in the end.</param>
/// <param name="Exclude">Exceptions in the end.</param>
/// <param name="Wanted">The nodes in the end.</param>
internal sealed record EndpointChange(
    ProxyPolicy Policy, ImmutableSortedSet<int> Include, ImmutableSortedSet<int> Exclude, ImmutableSortedSet<int> Wanted)
{
    public static bool IsAsked(UpdateDatabase request) =>
        request.ProxyPolicy is not null || request.Endpoint is not null || request.TargetNodeUid is not null
        || request.IncludeProxies is not null || request.ExcludeProxies is not null;

    /// <summary>
    /// Naming a policy, a target or just the endpoint applies the policy afresh, so exceptions that are not named again are dropped;
    /// naming only exceptions keeps the other list.
    /// </summary>
    public static EndpointChange Of(ClusterState state, DatabaseState database, UpdateDatabase request)
    {
        bool afresh = request.ProxyPolicy is not null || request.TargetNodeUid is not null
            || (request.IncludeProxies is null && request.ExcludeProxies is null);
        ProxyPolicy policy = request.ProxyPolicy ?? database.ProxyPolicy;
        ImmutableSortedSet<int> include = request.IncludeProxies ?? (afresh ? [] : database.IncludeProxies);
        ImmutableSortedSet<int> exclude = request.ExcludeProxies ?? (afresh ? [] : database.ExcludeProxies);
        IEnumerable<int> masters = request.TargetNodeUid is { } target
            ? [target]
            : state.MastersOf(database.Uid).Select(m => m.NodeUid).DefaultIfEmpty(state.Nodes.Keys.First());
        return new EndpointChange(policy, include, exclude, PlacementPlanner.NodesOf(state, masters, policy, include, exclude, database));
    }
}
