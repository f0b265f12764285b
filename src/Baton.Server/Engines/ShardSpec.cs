using System.Net;

namespace Baton.Server.Engines;

/// <summary>How an engine writes to disk.</summary>
public enum PersistenceMode
{
    /// <summary>Memory only.</summary>
    None,

    /// <summary>The log is synced once a second.</summary>
    EverySecond,

    /// <summary>The log is synced before a write is acknowledged.</summary>
    Always,
}

/// <summary>Everything needed to start one engine instance. A target of a move is always a fresh instance.</summary>
/// <param name="InstanceId">Cluster-unique and never reused; names the data directory.</param>
/// <param name="ShardUid">The shard it will serve.</param>
/// <param name="NodeUid">The node it runs on.</param>
/// <param name="Address">Where it listens: the node's own address, port 0 = any free.</param>
/// <param name="DataDirectory">Its own directory; created when missing.</param>
/// <param name="Persistence">How it writes to disk.</param>
/// <param name="Settings">
/// Size and eviction policy it starts with, and the clients' settings it is to be given by <see cref="IShardEngine.ConfigureAsync"/>.
/// </param>
/// <param name="Secret">Password every connection to the instance must give. Never logged, never on a command line.</param>
/// <param name="Recover">True: load what the data directory holds. False: the directory must be empty.</param>
public sealed record ShardSpec(
    long InstanceId,
    int ShardUid,
    int NodeUid,
    IPEndPoint Address,
    string DataDirectory,
    PersistenceMode Persistence,
    ShardSettings Settings,
    string Secret,
    bool Recover)
{
    /// <summary>Redacts <see cref="Secret"/>.</summary>
    public override string ToString() => $"instance {InstanceId} of shard {ShardUid} on node {NodeUid} at {Address} ({DataDirectory})";
}
