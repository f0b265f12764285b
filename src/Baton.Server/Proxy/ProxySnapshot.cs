using System.Collections.Immutable;
using System.Net;
using Baton.Server.Engines;

namespace Baton.Server.Proxy;

/// <summary>What the data path may see of the cluster. Immutable, replaced whole, read without locks.</summary>
/// <param name="Revision">The cluster state's revision it was made from.</param>
/// <param name="MaintenanceNotifications">The cluster's <c>client_maint_notifications</c>.</param>
/// <param name="Databases">By uid.</param>
public sealed record ProxySnapshot(long Revision, bool MaintenanceNotifications, ImmutableDictionary<int, DatabaseRoute> Databases)
{
    /// <summary>No databases.</summary>
    public static ProxySnapshot Empty { get; } = new(0, false, ImmutableDictionary<int, DatabaseRoute>.Empty);
}

/// <summary>One database as the data path sees it.</summary>
/// <param name="Uid">The bdb uid.</param>
/// <param name="Name">Its name.</param>
/// <param name="Port">Its port.</param>
/// <param name="Password">What AUTH must give; null = no authentication.</param>
/// <param name="Shards">Masters only, sorted by first slot, covering 0-16383 without gap.</param>
/// <param name="Limits">Every bound of a client connection.</param>
public sealed record DatabaseRoute(int Uid, string Name, int Port, string? Password, ImmutableArray<ShardRoute> Shards, ProxyLimits Limits);

/// <summary>One shard and where it serves.</summary>
/// <param name="Uid">The shard uid; it stays the same when the shard moves.</param>
/// <param name="FirstSlot">First hash slot.</param>
/// <param name="LastSlot">Last hash slot, inclusive.</param>
/// <param name="Target">The instance that serves it now.</param>
/// <param name="WritesRefused">Set while the engine is full and cannot say so itself (embedded Garnet): deny-oom commands get -OOM.</param>
public sealed record ShardRoute(int Uid, int FirstSlot, int LastSlot, ShardTarget Target, bool WritesRefused = false);

/// <summary>A connection target.</summary>
/// <param name="InstanceId">The engine instance; a new one each move.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Secret">What AUTH must give it.</param>
/// <param name="Capabilities">What it can do.</param>
public sealed record ShardTarget(long InstanceId, EndPoint Address, string Secret, EngineCapabilities Capabilities)
{
    /// <summary>Redacts <see cref="Secret"/>.</summary>
    public override string ToString() => $"instance {InstanceId} at {Address}";
}

/// <summary>Bounds of the data path, each with a name that appears in the reason when it is reached.</summary>
/// <param name="MaxClients">Connections per database; 0 = no limit of its own. Over it: <c>-ERR max number of clients reached</c>.</param>
/// <param name="MaxPipelineBytes">
/// Bytes of one connection's commands that are on their way to an engine. Default 1 MiB. Also what a connection that waits may write ahead while memory
/// for buffers is short.
/// </param>
/// <param name="MaxPipelineReplies">One connection's unanswered commands before the proxy takes no more of it. Default 128.</param>
/// <param name="MaxInputBytes">
/// Bytes a connection may write ahead while its earlier commands or replies wait; then the proxy stops reading it. Default 1 GiB, Redis'
/// <c>client-query-buffer-limit</c>, at which Redis closes the connection.
/// </param>
/// <param name="Output">
/// Unsent replies at which a connection is closed as a slow reader. Default none, as Redis' <c>client-output-buffer-limit normal 0 0 0</c>.
/// </param>
/// <param name="SubscriberOutput">The same for subscribers. Default 32 MiB, or 8 MiB for 60 s, as Redis' <c>pubsub 32mb 8mb 60</c>.</param>
/// <param name="OutputHighWatermark">
/// Bytes of unsent replies at which the proxy stops taking commands from that connection, unless replies are smaller than commands; also of replies that
/// are still to come, as far as the size of those before tells. Default 1 MiB.
/// </param>
/// <param name="MaxTransactionBytes">Bytes of one gathered MULTI. Default 1 GiB.</param>
/// <param name="MaxDedicatedUpstreams">Dedicated upstream connections per loop and shard. Default 10,000.</param>
/// <param name="HandshakeTimeout">Time an upstream connection has for its handshake. Default 5 s.</param>
/// <param name="HoldLimit">Longest hold of a shard. Default 500 ms.</param>
/// <param name="IdleTimeoutSeconds">A client that says nothing for so long is closed; 0 = never (CONFIG SET timeout).</param>
/// <param name="KeepAliveSeconds">
/// A client that is silent for so long is asked by TCP whether it is still there; 0 = never (CONFIG SET tcp-keepalive, for new connections). Default 300.
/// </param>
public sealed record ProxyLimits(
    int MaxClients = 0,
    int MaxPipelineBytes = 1024 * 1024,
    int MaxPipelineReplies = 128,
    int MaxInputBytes = 1024 * 1024 * 1024,
    OutputLimit Output = default,
    OutputLimit SubscriberOutput = default,
    int OutputHighWatermark = 1024 * 1024,
    int MaxTransactionBytes = 1024 * 1024 * 1024,
    int MaxDedicatedUpstreams = 10_000,
    TimeSpan HandshakeTimeout = default,
    TimeSpan HoldLimit = default,
    int IdleTimeoutSeconds = 0,
    int KeepAliveSeconds = 300)
{
    /// <summary>The defaults.</summary>
    public static ProxyLimits Default { get; } = new()
    {
        HandshakeTimeout = TimeSpan.FromSeconds(5),
        HoldLimit = TimeSpan.FromMilliseconds(500),
        SubscriberOutput = new OutputLimit(32 * 1024 * 1024, 8 * 1024 * 1024, 60),
    };
}

/// <summary>When a connection that does not read is closed, in the terms of Redis' <c>client-output-buffer-limit</c>; 0 = never.</summary>
/// <param name="Hard">Bytes at which it is closed at once.</param>
/// <param name="Soft">Bytes at which it is closed when it has had so many for <paramref name="SoftSeconds"/>.</param>
/// <param name="SoftSeconds">See <paramref name="Soft"/>.</param>
public readonly record struct OutputLimit(long Hard, long Soft = 0, int SoftSeconds = 0)
{
    /// <summary>True when the connection is to be closed.</summary>
    /// <param name="bytes">What it has not read.</param>
    /// <param name="nowMs">Now.</param>
    /// <param name="overSoftSinceMs">Kept by the caller: since when it is over the soft limit, -1 when it is not.</param>
    public bool IsPassed(long bytes, long nowMs, ref long overSoftSinceMs)
    {
        if (Soft == 0 || bytes < Soft)
        {
            overSoftSinceMs = -1;
        }
        else if (overSoftSinceMs < 0)
        {
            overSoftSinceMs = nowMs;
        }

        return (Hard > 0 && bytes >= Hard) || (overSoftSinceMs >= 0 && nowMs - overSoftSinceMs >= SoftSeconds * 1000L);
    }
}
