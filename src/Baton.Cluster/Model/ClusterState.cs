using System.Collections.Immutable;

namespace Baton.Cluster.Model;

/// <summary>
/// Everything the cluster knows. Immutable; changes only through <c>ClusterStateMachine.Step</c>; stored before it is acted on.
/// </summary>
public sealed record ClusterState
{
    /// <summary>Counts every stored change.</summary>
    public long Revision { get; init; }

    /// <summary>Cluster-wide settings.</summary>
    public required ClusterSettings Settings { get; init; }

    /// <summary>By uid.</summary>
    public ImmutableSortedDictionary<int, NodeState> Nodes { get; init; } = ImmutableSortedDictionary<int, NodeState>.Empty;

    /// <summary>By uid.</summary>
    public ImmutableSortedDictionary<int, DatabaseState> Databases { get; init; } = ImmutableSortedDictionary<int, DatabaseState>.Empty;

    /// <summary>By uid; masters and replicas.</summary>
    public ImmutableSortedDictionary<int, ShardState> Shards { get; init; } = ImmutableSortedDictionary<int, ShardState>.Empty;

    /// <summary>Running and finished operations by id; the last <see cref="FinishedOperationsKept"/> finished ones stay readable.</summary>
    public ImmutableSortedDictionary<long, OperationState> Operations { get; init; } =
        ImmutableSortedDictionary<long, OperationState>.Empty;

    /// <summary>Next shard uid; never reused.</summary>
    public int NextShardUid { get; init; } = 1;

    /// <summary>Next database uid; never reused.</summary>
    public int NextDatabaseUid { get; init; } = 1;

    /// <summary>Next engine instance id; never reused.</summary>
    public long NextInstanceId { get; init; } = 1;

    /// <summary>Next operation id; never reused.</summary>
    public long NextOperationId { get; init; } = 1;

    /// <summary>How many finished operations stay readable.</summary>
    public const int FinishedOperationsKept = 1000;

    /// <summary>The shards of a database, by uid.</summary>
    public IEnumerable<ShardState> ShardsOf(int databaseUid) => Shards.Values.Where(s => s.DatabaseUid == databaseUid);

    /// <summary>The masters of a database, by first slot.</summary>
    public IEnumerable<ShardState> MastersOf(int databaseUid) =>
        ShardsOf(databaseUid).Where(s => s.Role == ShardRole.Master).OrderBy(s => s.FirstSlot);

    /// <summary>All shards that hold the same slots as the given one, itself included.</summary>
    public IEnumerable<ShardState> GroupOf(ShardState shard) =>
        ShardsOf(shard.DatabaseUid).Where(s => s.FirstSlot == shard.FirstSlot);

    /// <summary>The master of the shard's slots (itself when it is one).</summary>
    public ShardState MasterOf(ShardState shard) => GroupOf(shard).Single(s => s.Role == ShardRole.Master);

    /// <summary>The replicas of the shard's slots.</summary>
    public IEnumerable<ShardState> ReplicasOf(ShardState shard) => GroupOf(shard).Where(s => s.Role == ShardRole.Replica);

    /// <summary>
    /// Under which uid the data path knows a range of slots: the smallest shard uid of the group. It stays the same through moves
    /// and failovers, so a hold, a tap and a published route always speak of the same thing.
    /// </summary>
    public int RouteUidOf(ShardState shard) => GroupOf(shard).Min(s => s.Uid);

    /// <summary>All masters of a database run and all its listeners are open.</summary>
    public bool IsUp(DatabaseState database) =>
        database.BoundNodes.IsSubsetOf(database.ListeningNodes) && MastersOf(database.Uid).All(m => m.Status == ShardStatus.Active);

    /// <summary>The nodes whose proxies a client should connect to now: bound, and not about to be closed.</summary>
    public ImmutableSortedSet<int> ServingNodesOf(DatabaseState database) =>
        database.BoundNodes.Except(RunningOperationsOf(database.Uid).SelectMany(o => o.Leaving(database.BoundNodes)));

    /// <summary>
    /// The operations of a database that are not over: at most one that was asked for, and one for each master whose replica takes over.
    /// </summary>
    public IEnumerable<OperationState> RunningOperationsOf(int databaseUid) =>
        Operations.Values.Where(o => !o.IsFinished && o.DatabaseUid == databaseUid);

    /// <summary>An operation that changes a database now, or null.</summary>
    public OperationState? RunningOperationOf(int databaseUid) => RunningOperationsOf(databaseUid).FirstOrDefault();
}

/// <summary>Cluster-wide settings; names and defaults are those of the REST cluster object.</summary>
public sealed record ClusterSettings
{
    /// <summary>What tells this cluster from every other, also from one of the same name; empty when it was made without.</summary>
    public string Id { get; init; } = "";

    /// <summary>The cluster's domain name, e.g. <c>cluster.local</c>. Read-only after creation.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedTime { get; init; }

    /// <summary>Master switch of maintenance notifications.</summary>
    public bool ClientMaintNotifications { get; init; }

    /// <summary>The same for OSS Cluster API databases.</summary>
    public bool OssClusterClientMaintNotifications { get; init; }

    /// <summary>Pause between the opening notification and the operation, 0-10000 ms.</summary>
    public int HandoffsDelayMs { get; init; } = 2000;

    /// <summary>Seconds between MOVING and the end of the old proxy, 1-3600.</summary>
    public int EndpointRebindGraceSeconds { get; init; } = 15;

    /// <summary>Policy for new databases with one shard.</summary>
    public ProxyPolicy DefaultNonShardedProxyPolicy { get; init; } = ProxyPolicy.Single;

    /// <summary>Policy for new databases with several shards.</summary>
    public ProxyPolicy DefaultShardedProxyPolicy { get; init; } = ProxyPolicy.Single;

    /// <summary>Say nothing when an endpoint's node set only shrinks, as Redis Software does. Default false: tell the clients.</summary>
    public bool SilentEndpointShrink { get; init; }

    /// <summary>Longest hold of a shard in milliseconds.</summary>
    public int HoldLimitMs { get; init; } = 500;

    /// <summary>
    /// Milliseconds a master with a replica in sync may leave every question unanswered before it is ended; 0 = for ever.
    /// </summary>
    public int MasterStallLimitMs { get; init; } = 10_000;

    /// <summary>The engines this cluster can start, by name. Told anew at each start.</summary>
    public ImmutableSortedDictionary<string, EngineTraits> Engines { get; init; } =
        ImmutableSortedDictionary<string, EngineTraits>.Empty.Add("garnet", new EngineTraits(false));

    /// <summary>Engine of databases that name none.</summary>
    public string DefaultEngine { get; init; } = "garnet";

    /// <summary>Persistence of databases that name none.</summary>
    public string DefaultPersistence { get; init; } = "everysec";

    /// <summary>Documented settings without a meaning here: kept and given back (JSON text by name).</summary>
    public ImmutableSortedDictionary<string, string> Extra { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>What the decisions need to know of an engine.</summary>
/// <param name="Replication">It can have replicas.</param>
public sealed record EngineTraits(bool Replication);

/// <summary>One node: a machine, or one of several on one machine.</summary>
public sealed record NodeState
{
    /// <summary>1, 2, 3 ...</summary>
    public required int Uid { get; init; }

    /// <summary>Its own address.</summary>
    public required string Address { get; init; }

    /// <summary>Its addresses as seen from outside; empty = <see cref="Address"/>.</summary>
    public ImmutableArray<string> ExternalAddresses { get; init; } = [];

    /// <summary>New shards and endpoints may be placed here.</summary>
    public bool AcceptServers { get; init; } = true;

    /// <summary>Added to every database port on this node; not 0 only where all nodes share one address.</summary>
    public int PortOffset { get; init; }
}
