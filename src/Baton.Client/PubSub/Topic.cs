using Baton.Protocol.Subscriptions;

namespace Baton.Client;

/// <summary>A channel or pattern that is subscribed to, once at the server, for all subscriptions here. Guarded by the hub.</summary>
internal sealed class Topic(SubscriptionKind kind, byte[] name)
{
    /// <summary>Plain, pattern or sharded.</summary>
    public SubscriptionKind Kind { get; } = kind;

    /// <summary>Channel or pattern.</summary>
    public byte[] Name { get; } = name;

    /// <summary>The same, as messages show it.</summary>
    public RedisKey Key { get; } = name;

    /// <summary>Who wants its messages. Replaced, never changed; empty while the last UNSUBSCRIBE is on its way.</summary>
    public RedisSubscription[] Subscribers { get; private set; } = [];

    /// <summary>True when somebody wants its messages.</summary>
    public bool IsWanted => Subscribers.Length > 0;

    /// <summary>One more.</summary>
    public void Add(RedisSubscription subscription) => Subscribers = [.. Subscribers, subscription];

    /// <summary>One less; false when it was not there.</summary>
    public bool Remove(RedisSubscription subscription)
    {
        var count = Subscribers.Length;
        Subscribers = [.. Subscribers.Where(other => other != subscription)];
        return Subscribers.Length < count;
    }
}
