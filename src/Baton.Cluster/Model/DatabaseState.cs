using System.Collections.Immutable;

namespace Baton.Cluster.Model;

/// <summary>One database (bdb).</summary>
public sealed record DatabaseState
{
    /// <summary>The bdb uid.</summary>
    public required int Uid { get; init; }

    /// <summary>Letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Client port, on every node that serves it.</summary>
    public required int Port { get; init; }

    /// <summary>Bytes over all shards.</summary>
    public required long MemorySize { get; init; }

    /// <summary>Which engine: <c>garnet</c> or <c>redis</c>.</summary>
    public required string Engine { get; init; }

    /// <summary><c>none</c>, <c>everysec</c> or <c>always</c>.</summary>
    public string Persistence { get; init; } = "everysec";

    /// <summary>One replica per master.</summary>
    public bool Replication { get; init; }

    /// <summary>More than one master.</summary>
    public bool Sharding { get; init; }

    /// <summary>Masters.</summary>
    public int ShardsCount { get; init; } = 1;

    /// <summary>How shards are spread.</summary>
    public ShardsPlacement Placement { get; init; } = ShardsPlacement.Dense;

    /// <summary>Which nodes' proxies serve it.</summary>
    public ProxyPolicy ProxyPolicy { get; init; } = ProxyPolicy.Single;

    /// <summary>Nodes added to what the policy says.</summary>
    public ImmutableSortedSet<int> IncludeProxies { get; init; } = [];

    /// <summary>Nodes taken out of what the policy says.</summary>
    public ImmutableSortedSet<int> ExcludeProxies { get; init; } = [];

    /// <summary>Nodes whose proxies are bound now.</summary>
    public ImmutableSortedSet<int> BoundNodes { get; init; } = [];

    /// <summary>Nodes whose listener is open now: as <see cref="BoundNodes"/>, but empty after a start until the shards are up.</summary>
    public ImmutableSortedSet<int> ListeningNodes { get; init; } = [];

    /// <summary>What clients must give; null = no authentication.</summary>
    public string? Password { get; init; }

    /// <summary>A Redis <c>maxmemory-policy</c> name.</summary>
    public string EvictionPolicy { get; init; } = "noeviction";

    /// <summary>
    /// What clients set with CONFIG SET, by lower-case name: every instance of the database has it, also those that start later.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Configuration { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Clients that say nothing for so long are closed; 0 = never. Clients know it as <c>timeout</c>.</summary>
    public int IdleTimeoutSeconds { get; init; }

    /// <summary>Clients that are silent for so long are asked by TCP whether they are there; 0 = never. Clients know it as <c>tcp-keepalive</c>.</summary>
    public int KeepAliveSeconds { get; init; } = 300;

    /// <summary><c>[{"regex": "..."}]</c> rules as given; empty = the standard hash tag rule.</summary>
    public ImmutableArray<string> ShardKeyRegex { get; init; } = [];

    /// <summary>Life of the database; <see cref="DatabaseStatus.ActiveChangePending"/> until the last effect of a change is over.</summary>
    public DatabaseStatus Status { get; init; } = DatabaseStatus.Pending;

    /// <summary>The sequence number the next notification gets; starts at 1 and never goes back.</summary>
    public long NextSequence { get; init; } = 1;

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedTime { get; init; }

    /// <summary>When its settings changed last.</summary>
    public DateTimeOffset LastChangedTime { get; init; }

    /// <summary>The operation that changes it now or changed it last.</summary>
    public long? OperationId { get; init; }

    /// <summary>Documented fields without a meaning here: kept and given back (JSON text by name).</summary>
    public ImmutableSortedDictionary<string, string> Extra { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The endpoint object's uid, <c>1:1</c>.</summary>
    public string EndpointUid => $"{Uid}:1";
}

/// <summary>
/// Life of a database; REST: <c>pending</c>, <c>active</c>, <c>active-change-pending</c>, <c>delete-pending</c>, <c>creation-failed</c>.
/// </summary>
public enum DatabaseStatus
{
    /// <summary>Its shards are starting.</summary>
    Pending,

    /// <summary>It serves.</summary>
    Active,

    /// <summary>It serves, and a change is under way.</summary>
    ActiveChangePending,

    /// <summary>It is being taken down.</summary>
    DeletePending,

    /// <summary>It could not be started; the operation says why.</summary>
    CreationFailed,
}

/// <summary>Which proxies serve a database; REST: <c>single</c>, <c>all-master-shards</c>, <c>all-nodes</c>.</summary>
public enum ProxyPolicy
{
    /// <summary>One, normally where the (first) master is.</summary>
    Single,

    /// <summary>Every node that holds a master of the database.</summary>
    AllMasterShards,

    /// <summary>Every node.</summary>
    AllNodes,
}

/// <summary>How shards are spread; REST: <c>dense</c>, <c>sparse</c>.</summary>
public enum ShardsPlacement
{
    /// <summary>All masters on one node, all replicas on one other.</summary>
    Dense,

    /// <summary>Evenly; no node stays empty while there are masters enough.</summary>
    Sparse,
}
