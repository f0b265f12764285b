namespace Baton.Client;

/// <summary>The connection ended while a command waited, or there is none to send it on.</summary>
public class RedisConnectionException : RedisException
{
    internal RedisConnectionException(CloseReason reason, string message, CommandOutcome outcome, Exception? inner = null)
        : base(message, outcome, inner) => Reason = reason;

    /// <summary>Why the connection ended.</summary>
    public CloseReason Reason { get; }
}
