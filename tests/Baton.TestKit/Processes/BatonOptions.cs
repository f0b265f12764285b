namespace Baton.TestKit.Processes;

/// <summary>What <c>baton up</c> is started with. Ports are always free ones.</summary>
public sealed record BatonOptions
{
    /// <summary><c>garnet</c> or <c>redis</c>.</summary>
    public string Engine { get; init; } = "garnet";

    /// <summary>Another program for the engine's processes.</summary>
    public string? EnginePath { get; init; }

    /// <summary>Masters of the first database.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Nodes.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>One replica per master.</summary>
    public bool Replication { get; init; }

    /// <summary>none, everysec or always.</summary>
    public string Persistence { get; init; } = "none";

    /// <summary>An existing data directory; null = a new one that goes away with the process object.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The cluster's domain name.</summary>
    public string Name { get; init; } = "cluster.test";

    /// <summary>True: <c>client_maint_notifications</c> is switched on after the start.</summary>
    public bool Notifications { get; init; } = true;

    /// <summary><c>state_machine_smart_client_handoffs_delay_ms</c>; null = the default.</summary>
    public int? DelayMs { get; init; } = 300;

    /// <summary><c>endpoint_rebind_propagation_grace_time</c>; null = the default.</summary>
    public int? GraceSeconds { get; init; } = 3;

    /// <summary>
    /// <c>hold_limit_ms</c>; null = the default of 500. Longer here, because tests run on machines that have other things to do as well,
    /// and a hold that ran out is an operation that is tried again.
    /// </summary>
    public int? HoldLimitMs { get; init; } = 5000;
}
