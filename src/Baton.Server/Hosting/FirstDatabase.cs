using Baton.Cluster.Model;

namespace Baton.Server.Hosting;

/// <summary>The database a new cluster starts with.</summary>
public sealed record FirstDatabase
{
    /// <summary>Default <c>db1</c>.</summary>
    public string Name { get; init; } = "db1";

    /// <summary>0 = any that is free on every node. Default 12000.</summary>
    public int Port { get; init; } = 12000;

    /// <summary>Masters, 1-512.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>One replica per master.</summary>
    public bool Replication { get; init; }

    /// <summary>Bytes over all shards. Default 1 GiB.</summary>
    public long MemorySize { get; init; } = 1L << 30;

    /// <summary>What clients must give; null = nothing.</summary>
    public string? Password { get; init; }

    /// <summary>Null = the cluster's default.</summary>
    public ProxyPolicy? ProxyPolicy { get; init; }

    /// <summary>How shards are spread. Default: masters together.</summary>
    public ShardsPlacement Placement { get; init; } = ShardsPlacement.Dense;

    /// <summary>Redacts <see cref="Password"/>.</summary>
    public override string ToString() => $"database {Name}, port {Port}, {Shards} shards";
}
