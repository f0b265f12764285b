namespace Baton.Client;

/// <summary>A subscription ended before it was disposed. Thrown to its reader, after what was queued has been read.</summary>
public sealed class RedisSubscriptionEndedException : RedisException
{
    internal RedisSubscriptionEndedException(SubscriptionEndReason reason, string message, Exception? inner = null)
        : base(message, CommandOutcome.Ran, inner) => Reason = reason;

    /// <summary>Why.</summary>
    public SubscriptionEndReason Reason { get; }
}
