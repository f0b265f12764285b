using System.Collections.Immutable;

namespace Baton.Client;

/// <summary>
/// Which database is in use, from the answers to probes. Immutable and pure.
/// </summary>
/// <remarks>
/// <code>
/// probe of a database            its health
/// answered                       healthy (since the first answer in a row)
/// unanswered                     one failure more
/// unanswered in a maintenance    as before, until the grace is over: an announced disturbance is no death
///
/// the database in use            then
/// dead (failures in a row)       the most preferred healthy one; without one it stays: elsewhere is no better
/// alive, a preferred one has
/// been healthy for long enough   the preferred one (failback)
/// </code>
/// </remarks>
internal sealed record RegionState(ImmutableArray<RegionHealth> Databases, int Active)
{
    /// <summary>At the start the preferred database is in use.</summary>
    public static RegionState Start(int databases) => new([.. Enumerable.Repeat(RegionHealth.Unknown, databases)], 0);

    /// <summary>A database has answered.</summary>
    public RegionState OnAnswered(int database, long nowMs, RegionSettings settings)
    {
        var health = Databases[database];
        return With(database, new RegionHealth(0, -1, health.HealthySinceMs < 0 ? nowMs : health.HealthySinceMs)).Decide(nowMs, settings);
    }

    /// <summary>A database has not answered.</summary>
    public RegionState OnUnanswered(int database, bool inMaintenance, long nowMs, RegionSettings settings)
    {
        var health = Databases[database];
        var since = health.FailingSinceMs < 0 ? nowMs : health.FailingSinceMs;
        var counts = !inMaintenance || nowMs - since >= settings.MaintenanceGraceMs;
        return With(database, new RegionHealth(health.Failures + (counts ? 1 : 0), since, -1)).Decide(nowMs, settings);
    }

    /// <summary>Somebody chooses.</summary>
    public RegionState Use(int database) => this with { Active = database };

    /// <summary>True when the database has left too many probes unanswered.</summary>
    public bool IsDead(int database, RegionSettings settings) => Databases[database].Failures >= settings.FailuresUntilDead;

    private RegionState With(int database, RegionHealth health) => this with { Databases = Databases.SetItem(database, health) };

    private RegionState Decide(long nowMs, RegionSettings settings)
    {
        if (IsDead(Active, settings))
        {
            var healthy = FirstHealthy(Databases.Length, nowMs, 0);
            return healthy < 0 ? this : this with { Active = healthy };
        }

        var preferred = settings.FailbackAfterMs == long.MaxValue ? -1 : FirstHealthy(Active, nowMs, settings.FailbackAfterMs);
        return preferred < 0 ? this : this with { Active = preferred };
    }

    private int FirstHealthy(int before, long nowMs, long forMs)
    {
        for (var index = 0; index < before; index++)
        {
            if (Databases[index].HealthySinceMs >= 0 && nowMs - Databases[index].HealthySinceMs >= forMs)
            {
                return index;
            }
        }

        return -1;
    }
}
