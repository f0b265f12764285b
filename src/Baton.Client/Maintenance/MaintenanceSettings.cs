namespace Baton.Client;

/// <summary>The maintenance options in milliseconds, as the state machine counts.</summary>
/// <param name="LongestWindowMs">Cap of a window whose end is not announced.</param>
/// <param name="TailMs">Relaxation after the end.</param>
internal sealed record MaintenanceSettings(long LongestWindowMs, long TailMs)
{
    /// <summary>From the options.</summary>
    public static MaintenanceSettings From(MaintenanceOptions options) =>
        new((long)options.LongestWindow.TotalMilliseconds, (long)options.Tail.TotalMilliseconds);
}
