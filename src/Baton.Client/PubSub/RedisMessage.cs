using System.Text;
using Baton.Protocol.Subscriptions;

namespace Baton.Client;

/// <summary>A message that was published. Immutable; shared by the subscriptions it is for.</summary>
public sealed class RedisMessage
{
    internal RedisMessage(SubscriptionKind kind, RedisKey? pattern, RedisKey channel, byte[] payload, bool followsGap = false) =>
        (Kind, Pattern, Channel, Bytes, FollowsGap) = (kind, pattern, channel, payload, followsGap);

    /// <summary>What kind of subscription it came through.</summary>
    public SubscriptionKind Kind { get; }

    /// <summary>The pattern that matched; null when the subscription is to a channel by name.</summary>
    public RedisKey? Pattern { get; }

    /// <summary>The channel it was published to.</summary>
    public RedisKey Channel { get; }

    /// <summary>What was published.</summary>
    public ReadOnlyMemory<byte> Payload => Bytes;

    /// <summary>What was published, as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>True when messages may be missing between the one before and this one; see <see cref="RedisSubscription.Gap"/>.</summary>
    public bool FollowsGap { get; }

    internal byte[] Bytes { get; }

    /// <summary>Channel and text, for people.</summary>
    public override string ToString() => $"{Channel}: {Text}";

    internal RedisMessage AfterGap() => FollowsGap ? this : new RedisMessage(Kind, Pattern, Channel, Bytes, followsGap: true);
}
