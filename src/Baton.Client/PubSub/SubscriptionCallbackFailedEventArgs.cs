namespace Baton.Client;

/// <summary>A subscription's callback threw, or the subscription ended by itself.</summary>
public sealed class SubscriptionCallbackFailedEventArgs(RedisMessage? message, Exception error) : EventArgs
{
    /// <summary>What it was called with; null when the subscription has ended (<see cref="RedisSubscriptionEndedException"/>).</summary>
    public RedisMessage? Message { get; } = message;

    /// <summary>What was thrown.</summary>
    public Exception Error { get; } = error;
}
