namespace Baton.Client;

/// <summary>Smart client handoffs. Immutable; the defaults need no change for most applications.</summary>
public sealed record MaintenanceOptions
{
    /// <summary>Whether to ask for notifications. Default: <see cref="MaintenanceMode.Auto"/>.</summary>
    public MaintenanceMode Mode { get; init; } = MaintenanceMode.Auto;

    /// <summary>The form of the places in MOVING. Default: by address and TLS.</summary>
    public MovingEndpointForm EndpointForm { get; init; } = MovingEndpointForm.Auto;

    /// <summary>
    /// The command limit while a maintenance is under way; never shortens a longer <see cref="RedisClientOptions.CommandTimeout"/>.
    /// <see cref="Timeout.InfiniteTimeSpan"/> waits for the maintenance's end (and <see cref="LongestWindow"/>). Default: 10 s.
    /// </summary>
    public TimeSpan RelaxedTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The same for what a blocking command may take beyond the time it may wait on the server. Default: 30 s.</summary>
    public TimeSpan RelaxedBlockingMargin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A maintenance whose end is never announced is taken for over after this (or the announced time, if longer). Default: 10 min.</summary>
    public TimeSpan LongestWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Commands that begin within this time after a maintenance have the relaxed limit too. Default: 10 s.</summary>
    public TimeSpan Tail { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one attempt to connect to the new place may take. Default: 5 s; never beyond the announced time.</summary>
    public TimeSpan HandoffTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long new commands wait for the last replies of the old connection, which keeps the order of commands that one caller did not
    /// await. Default: 1 s; usually it is one round trip.
    /// </summary>
    public TimeSpan HoldLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether to move connections when told. False: limits are relaxed, and connections are made again when closed. Default: true.</summary>
    public bool ProactiveHandoff { get; init; } = true;

    /// <summary>
    /// From the place the server names to the place to connect to, where the two differ (NAT, tunnels). Called on the thread pool. Default: as named.
    /// </summary>
    public Func<RedisEndpoint, RedisEndpoint>? MapEndpoint { get; init; }

    /// <summary>How often the configured name is looked up while a move without a named place is under way. Default: 1 s.</summary>
    public TimeSpan DnsPoll { get; init; } = TimeSpan.FromSeconds(1);

    internal void Validate()
    {
        RedisClientOptions.CheckPositiveOrInfinite(RelaxedTimeout, "Maintenance.RelaxedTimeout");
        RedisClientOptions.CheckPositive(RelaxedBlockingMargin, "Maintenance.RelaxedBlockingMargin");
        RedisClientOptions.CheckPositive(LongestWindow, "Maintenance.LongestWindow");
        RedisClientOptions.Check(Tail >= TimeSpan.Zero, "Maintenance.Tail", "must be zero or more");
        RedisClientOptions.CheckPositive(HandoffTimeout, "Maintenance.HandoffTimeout");
        RedisClientOptions.CheckPositive(HoldLimit, "Maintenance.HoldLimit");
        RedisClientOptions.CheckPositive(DnsPoll, "Maintenance.DnsPoll");
    }
}
