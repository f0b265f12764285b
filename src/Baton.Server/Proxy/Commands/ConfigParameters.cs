using System.Collections.Frozen;

namespace Baton.Server.Proxy.Commands;

/// <summary>Who decides a parameter of CONFIG SET.</summary>
internal static class ConfigParameters
{
    /// <summary>The database's eviction policy: the cluster gives it to every shard.</summary>
    public const string EvictionPolicy = "maxmemory-policy";

    /// <summary>Idle clients are the proxy's; an engine would only close the proxy's own connections.</summary>
    public const string IdleTimeout = "timeout";

    /// <summary>TCP's question whether a silent client is still there: the proxy's too.</summary>
    public const string KeepAlive = "tcp-keepalive";

    /// <summary>The database's size over all shards; not to be set here.</summary>
    public const string Memory = "maxmemory";

    /// <summary>Which events about keys are published.</summary>
    public const string Notifications = "notify-keyspace-events";

    /// <summary>From when on a command is slow: the only one of the engines' settings that the embedded engine has.</summary>
    public const string SlowLogTime = "slowlog-log-slower-than";

    private const string Persistence = "persistence is the cluster's business (--persist)";
    private const string Replication = "replication is the cluster's business";
    private const string Password = "the database's password is authentication_redis_pass (PUT /v1/bdbs/{uid})";
    private const string Listening = "proxies listen for clients, not engines";

    /// <summary>They shape answers and effort, not what belongs to the cluster: each engine has them, and the cluster remembers them.</summary>
    private static readonly FrozenSet<string> OfEngines = new[]
    {
        Notifications, SlowLogTime, "slowlog-max-len", "latency-monitor-threshold", "latency-tracking",
        "latency-tracking-info-percentiles", "lua-time-limit", "busy-reply-threshold", "list-max-listpack-size", "list-max-ziplist-size",
        "list-compress-depth", "hash-max-listpack-entries", "hash-max-listpack-value", "hash-max-ziplist-entries", "hash-max-ziplist-value",
        "set-max-intset-entries", "set-max-listpack-entries", "set-max-listpack-value", "zset-max-listpack-entries",
        "zset-max-listpack-value", "zset-max-ziplist-entries", "zset-max-ziplist-value", "hll-sparse-max-bytes", "stream-node-max-bytes",
        "stream-node-max-entries", "activedefrag", "active-defrag-ignore-bytes", "active-defrag-threshold-lower",
        "active-defrag-threshold-upper", "active-defrag-cycle-min", "active-defrag-cycle-max", "active-defrag-max-scan-fields",
        "active-expire-effort", "activerehashing", "dynamic-hz", "hz", "lfu-log-factor", "lfu-decay-time", "lazyfree-lazy-eviction",
        "lazyfree-lazy-expire", "lazyfree-lazy-server-del", "lazyfree-lazy-user-del", "lazyfree-lazy-user-flush", "maxmemory-samples",
        "maxmemory-eviction-tenacity", "jemalloc-bg-thread", "tracking-table-max-keys",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Reasons = new Dictionary<string, string>
    {
        [Memory] = "the database's size is memory_size (PUT /v1/bdbs/{uid})",
        ["requirepass"] = Password,
        ["masterauth"] = Replication,
        ["masteruser"] = Replication,
        ["replicaof"] = Replication,
        ["slaveof"] = Replication,
        ["min-replicas-to-write"] = Replication,
        ["min-slaves-to-write"] = Replication,
        ["replica-read-only"] = Replication,
        ["slave-read-only"] = Replication,
        ["save"] = Persistence,
        ["appendonly"] = Persistence,
        ["appendfsync"] = Persistence,
        ["dir"] = Persistence,
        ["dbfilename"] = Persistence,
        ["no-appendfsync-on-rewrite"] = Persistence,
        ["auto-aof-rewrite-percentage"] = Persistence,
        ["auto-aof-rewrite-min-size"] = Persistence,
        ["stop-writes-on-bgsave-error"] = Persistence,
        ["port"] = Listening,
        ["bind"] = Listening,
        ["tls-port"] = Listening,
        ["maxclients"] = Listening,
        ["client-output-buffer-limit"] = Listening,
        ["client-query-buffer-limit"] = Listening,
        ["maxmemory-clients"] = Listening,
        ["proto-max-bulk-len"] = Listening,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>True for what every engine of the database gets.</summary>
    public static bool IsOfEngines(string name) => OfEngines.Contains(name);

    /// <summary>Null when a client may set it; else the error.</summary>
    public static string? WhyNot(string name) =>
        IsOfEngines(name) || name is EvictionPolicy or IdleTimeout or KeepAlive
            ? null
            : $"ERR CONFIG SET {name} is not available here: {Reasons.GetValueOrDefault(name, "the cluster decides it")}";
}
