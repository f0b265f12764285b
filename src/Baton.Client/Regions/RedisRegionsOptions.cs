namespace Baton.Client;

/// <summary>Several databases with the same content (kept equal by the servers), and when to go from one to another. Immutable, validated once.</summary>
public sealed record RedisRegionsOptions
{
    /// <summary>The databases, the preferred one first.</summary>
    public required IReadOnlyList<RegionDatabase> Databases { get; init; }

    /// <summary>How often each database is asked whether it is there (PING). Default: 1 s.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an answer may take. Default: 1 s.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>So many unanswered probes in a row make a database dead. Default: 3.</summary>
    public int FailuresUntilDead { get; init; } = 3;

    /// <summary>
    /// During a maintenance that a database has announced, unanswered probes do not count, for at most this long. Default: 60 s.
    /// </summary>
    public TimeSpan MaintenanceGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A preferred database that answers again for this long is returned to; <see cref="Timeout.InfiniteTimeSpan"/> to stay until
    /// <see cref="RedisRegionsClient.UseAsync"/>. Default: 60 s.
    /// </summary>
    public TimeSpan FailbackAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The clock of the probes. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">One has a value it cannot have; the text names it.</exception>
    public void Validate()
    {
        RedisClientOptions.Check(Databases is { Count: > 0 }, nameof(Databases), "must name at least one database");
        RedisClientOptions.Check(
            Databases.Select(static database => database.Name).Distinct(StringComparer.Ordinal).Count() == Databases.Count,
            nameof(Databases),
            "must not have two databases of the same name");
        RedisClientOptions.CheckPositive(ProbeInterval, nameof(ProbeInterval));
        RedisClientOptions.CheckPositive(ProbeTimeout, nameof(ProbeTimeout));
        RedisClientOptions.Check(FailuresUntilDead > 0, nameof(FailuresUntilDead), "must be at least 1");
        RedisClientOptions.Check(MaintenanceGrace >= TimeSpan.Zero, nameof(MaintenanceGrace), "must be zero or more");
        RedisClientOptions.Check(
            FailbackAfter >= TimeSpan.Zero || FailbackAfter == Timeout.InfiniteTimeSpan, nameof(FailbackAfter), "must be zero or more, or infinite");
        foreach (var database in Databases)
        {
            database.Options.Validate();
        }
    }
}
