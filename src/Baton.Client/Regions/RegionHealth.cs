namespace Baton.Client;

/// <summary>What is known of one database.</summary>
/// <param name="Failures">Probes unanswered in a row that count.</param>
/// <param name="FailingSinceMs">Since when none was answered; -1 when the last one was.</param>
/// <param name="HealthySinceMs">Since when all were answered; -1 when the last one was not, or none was yet.</param>
internal sealed record RegionHealth(int Failures, long FailingSinceMs, long HealthySinceMs)
{
    /// <summary>Not asked yet.</summary>
    public static RegionHealth Unknown { get; } = new(0, -1, -1);
}
