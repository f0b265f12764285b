using System.Collections.Immutable;
using Baton.Cluster.Model;

namespace Baton.Cluster.Requests;

/// <summary>What somebody may ask of the cluster. Validated as a whole: a half-valid request changes nothing.</summary>
/// <param name="DryRun">Validate only.</param>
public abstract record ClusterRequest(bool DryRun = false);

/// <summary>PUT /v1/cluster; null = unchanged.</summary>
public sealed record UpdateCluster(bool DryRun = false) : ClusterRequest(DryRun)
{
    /// <summary>Master switch of maintenance notifications.</summary>
    public bool? ClientMaintNotifications { get; init; }

    /// <summary>The same for OSS Cluster API databases.</summary>
    public bool? OssClusterClientMaintNotifications { get; init; }

    /// <summary>0-10000 ms.</summary>
    public int? HandoffsDelayMs { get; init; }

    /// <summary>1-3600 s.</summary>
    public int? EndpointRebindGraceSeconds { get; init; }

    /// <summary>Policy for new databases with one shard.</summary>
    public ProxyPolicy? DefaultNonShardedProxyPolicy { get; init; }

    /// <summary>Policy for new databases with several shards.</summary>
    public ProxyPolicy? DefaultShardedProxyPolicy { get; init; }

    /// <summary>Say nothing when an endpoint's node set only shrinks.</summary>
    public bool? SilentEndpointShrink { get; init; }

    /// <summary>1-10000 ms.</summary>
    public int? HoldLimitMs { get; init; }

    /// <summary>1000-600000 ms, or 0 = for ever.</summary>
    public int? MasterStallLimitMs { get; init; }

    /// <summary>Documented settings without a meaning here.</summary>
    public ImmutableSortedDictionary<string, string> Extra { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>POST /v1/bdbs.</summary>
public sealed record CreateDatabase(bool DryRun = false) : ClusterRequest(DryRun)
{
    /// <summary>Explicit uid, or null for the next one.</summary>
    public int? Uid { get; init; }

    /// <summary>Letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>0 or null = choose one.</summary>
    public int? Port { get; init; }

    /// <summary>Bytes.</summary>
    public required long MemorySize { get; init; }

    /// <summary>One replica per master.</summary>
    public bool Replication { get; init; }

    /// <summary>Null: true when <see cref="ShardsCount"/> is over 1.</summary>
    public bool? Sharding { get; init; }

    /// <summary>1-512.</summary>
    public int ShardsCount { get; init; } = 1;

    /// <summary>How shards are spread.</summary>
    public ShardsPlacement Placement { get; init; } = ShardsPlacement.Dense;

    /// <summary>Null = the cluster's default.</summary>
    public ProxyPolicy? ProxyPolicy { get; init; }

    /// <summary>Rules as given.</summary>
    public ImmutableArray<string> ShardKeyRegex { get; init; } = [];

    /// <summary>What clients must give; null or empty = no authentication.</summary>
    public string? Password { get; init; }

    /// <summary>A Redis <c>maxmemory-policy</c> name.</summary>
    public string EvictionPolicy { get; init; } = "noeviction";

    /// <summary><c>garnet</c> or <c>redis</c>; null = the cluster's own.</summary>
    public string? Engine { get; init; }

    /// <summary><c>none</c>, <c>everysec</c>, <c>always</c>; null = the cluster's own.</summary>
    public string? Persistence { get; init; }

    /// <summary>Documented fields without a meaning here.</summary>
    public ImmutableSortedDictionary<string, string> Extra { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>
/// PUT /v1/bdbs/{uid}; null = unchanged. Any of <see cref="Endpoint"/>, <see cref="ProxyPolicy"/>, <see cref="IncludeProxies"/>,
/// <see cref="ExcludeProxies"/>, <see cref="TargetNodeUid"/> makes it a <c>bind</c> operation.
/// </summary>
public sealed record UpdateDatabase(int DatabaseUid, bool DryRun = false) : ClusterRequest(DryRun)
{
    /// <summary>New name.</summary>
    public string? Name { get; init; }

    /// <summary>New size in bytes.</summary>
    public long? MemorySize { get; init; }

    /// <summary>New password; empty = none.</summary>
    public string? Password { get; init; }

    /// <summary>New policy name.</summary>
    public string? EvictionPolicy { get; init; }

    /// <summary>New proxy policy (bind).</summary>
    public ProxyPolicy? ProxyPolicy { get; init; }

    /// <summary>Endpoint uid, <c>1:1</c> (bind).</summary>
    public string? Endpoint { get; init; }

    /// <summary>Nodes added to the policy's (bind).</summary>
    public ImmutableSortedSet<int>? IncludeProxies { get; init; }

    /// <summary>Nodes taken out of the policy's (bind).</summary>
    public ImmutableSortedSet<int>? ExcludeProxies { get; init; }

    /// <summary>For policy single: the node the endpoint shall be on (bind). An extension; null = the node of the masters.</summary>
    public int? TargetNodeUid { get; init; }

    /// <summary>Documented fields without a meaning here.</summary>
    public ImmutableSortedDictionary<string, string> Extra { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>CONFIG SET by a client: takes effect at once and is remembered. Allowed while an operation runs.</summary>
/// <param name="DatabaseUid">Whose.</param>
/// <param name="Values">By lower-case name; <c>maxmemory-policy</c> is the database's eviction policy.</param>
public sealed record ConfigureDatabase(int DatabaseUid, ImmutableSortedDictionary<string, string> Values) : ClusterRequest;

/// <summary>DELETE /v1/bdbs/{uid}.</summary>
public sealed record DeleteDatabase(int DatabaseUid) : ClusterRequest;

/// <summary>
/// Shards to a node. One operation (and one pair of notifications) per database, even for several shards. Shards already there are
/// left out; nothing left to do = completed at once.
/// </summary>
public sealed record MigrateShards(ImmutableArray<int> ShardUids, int TargetNodeUid, bool DryRun = false) : ClusterRequest(DryRun)
{
    /// <summary>Accepted as documented; roles are always preserved here.</summary>
    public bool PreserveRoles { get; init; }
}

/// <summary>Masters hand over to their replicas. All of one database.</summary>
public sealed record FailoverShards(ImmutableArray<int> ShardUids, bool DryRun = false) : ClusterRequest(DryRun);
