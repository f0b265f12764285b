namespace Baton.Protocol.Subscriptions;

/// <summary>What the commands that subscribe are called, and what is sent of them.</summary>
public static class SubscriptionNames
{
    /// <summary>The command that subscribes.</summary>
    public static ReadOnlySpan<byte> Subscribe(SubscriptionKind kind) => kind switch
    {
        SubscriptionKind.Pattern => "PSUBSCRIBE"u8,
        SubscriptionKind.Sharded => "SSUBSCRIBE"u8,
        _ => "SUBSCRIBE"u8,
    };

    /// <summary>The command that unsubscribes.</summary>
    public static ReadOnlySpan<byte> Unsubscribe(SubscriptionKind kind) => kind switch
    {
        SubscriptionKind.Pattern => "PUNSUBSCRIBE"u8,
        SubscriptionKind.Sharded => "SUNSUBSCRIBE"u8,
        _ => "UNSUBSCRIBE"u8,
    };

    /// <summary>The first element of a confirmation: the command's name in small letters.</summary>
    public static ReadOnlySpan<byte> Confirmation(SubscriptionKind kind, bool subscribed) => (kind, subscribed) switch
    {
        (SubscriptionKind.Channel, true) => "subscribe"u8,
        (SubscriptionKind.Channel, false) => "unsubscribe"u8,
        (SubscriptionKind.Pattern, true) => "psubscribe"u8,
        (SubscriptionKind.Pattern, false) => "punsubscribe"u8,
        (_, true) => "ssubscribe"u8,
        (_, false) => "sunsubscribe"u8,
    };

    /// <summary>What a command, a confirmation or a message (<c>pmessage</c>) of that name is about; the name must be one of them.</summary>
    public static SubscriptionKind KindOf(ReadOnlySpan<byte> name) => (name[0] | 0x20) switch
    {
        'p' => SubscriptionKind.Pattern,
        's' when (name[1] | 0x20) is 's' or 'm' || ((name[1] | 0x20) is 'u' && (name[2] | 0x20) is 'n') => SubscriptionKind.Sharded,
        _ => SubscriptionKind.Channel,
    };
}
