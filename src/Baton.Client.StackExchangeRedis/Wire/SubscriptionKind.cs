namespace Baton.Client.StackExchangeRedis;

/// <summary>The three kinds of subscriptions.</summary>
internal enum SubscriptionKind
{
    /// <summary><c>SUBSCRIBE</c></summary>
    Channel,

    /// <summary><c>PSUBSCRIBE</c></summary>
    Pattern,

    /// <summary><c>SSUBSCRIBE</c></summary>
    Shard,
}
