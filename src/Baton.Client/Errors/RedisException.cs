namespace Baton.Client;

/// <summary>A command or a connection failed. Says whether the command may have run, which maintenance was under way, and whether repeating is safe.</summary>
public abstract class RedisException : Exception
{
    private protected RedisException(string message, CommandOutcome outcome, Exception? inner = null)
        : base(message, inner) => Outcome = outcome;

    /// <summary>Whether the command ran.</summary>
    public CommandOutcome Outcome { get; }

    /// <summary>The maintenance the server had announced when this happened; null when there was none.</summary>
    public MaintenanceKind? Maintenance { get; internal set; }

    /// <summary>
    /// True when repeating the command cannot do its work twice: it was not sent, was refused for a passing reason, or only reads.
    /// </summary>
    public bool IsSafeToRepeat { get; internal init; }
}
