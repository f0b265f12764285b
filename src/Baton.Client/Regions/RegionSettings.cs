namespace Baton.Client;

/// <summary>The options the state machine needs, in milliseconds.</summary>
/// <param name="FailuresUntilDead">Probes in a row.</param>
/// <param name="MaintenanceGraceMs">How long failures in a maintenance do not count.</param>
/// <param name="FailbackAfterMs">How long a preferred database must answer; <see cref="long.MaxValue"/> for never.</param>
internal sealed record RegionSettings(int FailuresUntilDead, long MaintenanceGraceMs, long FailbackAfterMs)
{
    /// <summary>From the options.</summary>
    public static RegionSettings From(RedisRegionsOptions options) => new(
        options.FailuresUntilDead,
        (long)options.MaintenanceGrace.TotalMilliseconds,
        ClientContext.Milliseconds(options.FailbackAfter));
}
