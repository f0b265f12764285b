namespace Baton.Client;

/// <summary>
/// The named limits of waiting for a reply; the same words in exceptions, logs and metrics. Connecting has
/// <see cref="ConnectFailedReason.TimedOut"/>.
/// </summary>
public enum TimeoutReason
{
    /// <summary>A command's reply (<c>CommandTimeout</c>).</summary>
    Command,

    /// <summary>A command's reply while the limits are relaxed (<c>Maintenance.RelaxedTimeout</c>).</summary>
    RelaxedCommand,

    /// <summary>A blocking command's reply, beyond what it may wait on the server.</summary>
    BlockingCommand,
}
