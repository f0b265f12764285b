namespace Baton.Server.Proxy.Sessions;

/// <summary>The three families of subscriptions.</summary>
internal enum SubscriptionKind
{
    /// <summary>SUBSCRIBE.</summary>
    Channel,

    /// <summary>PSUBSCRIBE.</summary>
    Pattern,

    /// <summary>SSUBSCRIBE.</summary>
    ShardChannel,
}
