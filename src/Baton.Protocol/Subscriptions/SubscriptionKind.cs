namespace Baton.Protocol.Subscriptions;

/// <summary>What a subscription is to.</summary>
public enum SubscriptionKind
{
    /// <summary>Channels by name: <c>SUBSCRIBE</c>.</summary>
    Channel,

    /// <summary>Channels whose names match a pattern: <c>PSUBSCRIBE</c>.</summary>
    Pattern,

    /// <summary>Channels that belong to a hash slot: <c>SSUBSCRIBE</c>.</summary>
    Sharded,
}
