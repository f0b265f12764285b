namespace Baton.Client;

/// <summary>A subscription's callback threw, or the subscription ended by itself.</summary>
/// <param name="Message">What it was called with; null when the subscription has ended (<see cref="RedisSubscriptionEndedException"/>).</param>
/// <param name="Error">What was thrown.</param>
public sealed record SubscriptionCallbackFailedEvent(RedisMessage? Message, Exception Error);
