namespace Baton.Server.Engines;

/// <summary>Which program holds a shard's data.</summary>
public enum EngineKind
{
    /// <summary>Microsoft.Garnet embedded in this process. Nothing to install, no replicas, no streams.</summary>
    Garnet,

    /// <summary>A <c>redis-server</c> (or <c>valkey-server</c>) child process.</summary>
    Redis,
}
