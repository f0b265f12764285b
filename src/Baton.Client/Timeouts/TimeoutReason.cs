namespace Baton.Client;

/// <summary>The named limits of waiting; the same words in exceptions, logs and metrics.</summary>
public enum TimeoutReason
{
    /// <summary>Connecting and greeting (<c>ConnectTimeout</c>).</summary>
    Connect,

    /// <summary>A command's reply (<c>CommandTimeout</c>).</summary>
    Command,

    /// <summary>A command's reply while the limits are relaxed (<c>Maintenance.RelaxedTimeout</c>).</summary>
    RelaxedCommand,

    /// <summary>A blocking command's reply, beyond what it may wait on the server.</summary>
    BlockingCommand,

    /// <summary>The answer to CLIENT UNBLOCK.</summary>
    Unblock,
}
