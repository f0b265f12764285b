using Baton.Server.Engines;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Hosting;

/// <summary>
/// Everything a cluster in this process can be told. Immutable. What a data directory already holds wins: on a second start only
/// <see cref="DataDirectory"/>, the REST and engine-path settings, <see cref="Users"/>, <see cref="Loops"/> and <see cref="Clock"/> matter.
/// </summary>
public sealed record ClusterHostOptions
{
    /// <summary>Where state and data live; created when missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>How many nodes, 1-50. Default 3.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>The cluster's domain name. Default <c>cluster.local</c>.</summary>
    public string ClusterName { get; init; } = "cluster.local";

    /// <summary>
    /// One address per node; empty = 127.0.0.11, .12 ... where they can be used, else 127.0.0.1 with a port offset per node.
    /// </summary>
    public IReadOnlyList<string> NodeAddresses { get; init; } = [];

    /// <summary>One address per node as seen from outside; empty = none.</summary>
    public IReadOnlyList<string> ExternalAddresses { get; init; } = [];

    /// <summary>The engine of databases that name none. Default Garnet, which needs nothing installed.</summary>
    public EngineKind Engine { get; init; } = EngineKind.Garnet;

    /// <summary>Path of <c>redis-server</c> or <c>valkey-server</c>; null = looked up on PATH.</summary>
    public string? EnginePath { get; init; }

    /// <summary>How engines write to disk. Default once a second.</summary>
    public PersistenceMode Persistence { get; init; } = PersistenceMode.EverySecond;

    /// <summary>The database made on first start; null = none.</summary>
    public FirstDatabase? Database { get; init; } = new();

    /// <summary>Where the API listens. Default loopback.</summary>
    public string RestAddress { get; init; } = "localhost";

    /// <summary>The API's port; 0 = any free one. Default 9443.</summary>
    public int RestPort { get; init; } = 9443;

    /// <summary>
    /// Users of the API to add or change: name to password. Empty on first start: an administrator with a random password is made.
    /// </summary>
    public IReadOnlyDictionary<string, string> Users { get; init; } = new Dictionary<string, string>();

    /// <summary>The cluster's <c>client_maint_notifications</c> on first start. Default off, as in Redis Software.</summary>
    public bool MaintenanceNotifications { get; init; }

    /// <summary>The cluster's <c>state_machine_smart_client_handoffs_delay_ms</c> on first start. Default 2000.</summary>
    public int HandoffsDelayMs { get; init; } = 2000;

    /// <summary>The policy's <c>endpoint_rebind_propagation_grace_time</c> on first start, in seconds. Default 15.</summary>
    public int GraceSeconds { get; init; } = 15;

    /// <summary>Event loops of the data path; 0 = one per core.</summary>
    public int Loops { get; init; }

    /// <summary>Bytes that all clients' waiting commands and replies may take together; 0 = half of the memory there is.</summary>
    public long MaxBufferedBytes { get; init; }

    /// <summary>Which driver moves the sockets. Default: the best for this system.</summary>
    public ProxyDriverKind Driver { get; init; }

    /// <summary>
    /// Names of settings (see <see cref="StoredSettings"/>) that somebody asked for expressly: when the data directory holds a cluster that
    /// was made with another value, the start is refused instead of ignoring the wish. Default none.
    /// </summary>
    public IReadOnlySet<string> AskedFor { get; init; } = new HashSet<string>();

    /// <summary>
    /// Names of databases whose data may begin empty where it is gone although persistence promised it. Default none: such a start is refused.
    /// </summary>
    public IReadOnlySet<string> AcceptedLosses { get; init; } = new HashSet<string>();

    /// <summary>
    /// Compile ahead, and move a shard once in a cluster nobody sees, before commands are held the first time. Default off: for programs
    /// that run long.
    /// </summary>
    public bool Rehearse { get; init; }

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
