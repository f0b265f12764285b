namespace Baton.Client;

/// <summary>No reply came within the limit. The connection may be fine; a reply that comes later is dropped.</summary>
public sealed class RedisTimeoutException : RedisException
{
    internal RedisTimeoutException(TimeoutReason reason, TimeSpan limit, CommandOutcome outcome, string detail)
        : base($"{Describe(reason)} ended after its limit of {limit.TotalMilliseconds:0} ms ({detail}).", outcome)
    {
        Reason = reason;
        Limit = limit;
    }

    /// <summary>Which limit it was.</summary>
    public TimeoutReason Reason { get; }

    /// <summary>The limit that was reached.</summary>
    public TimeSpan Limit { get; }

    /// <summary>True when the command had been sent.</summary>
    public bool WasSent => Outcome == CommandOutcome.MayHaveRun;

    private static string Describe(TimeoutReason reason) => reason switch
    {
        TimeoutReason.RelaxedCommand => "A command, with the relaxed limit of a maintenance,",
        TimeoutReason.BlockingCommand => "A blocking command, beyond the time it may wait on the server,",
        _ => "A command",
    };
}
