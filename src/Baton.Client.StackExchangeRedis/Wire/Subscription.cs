using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Client.StackExchangeRedis;

/// <summary>One subscription.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">The channel or pattern, one char per byte.</param>
internal readonly record struct Subscription(SubscriptionKind Kind, string Name)
{
    /// <summary>The command that makes it.</summary>
    public byte[] Subscribe() => Command(Kind switch
    {
        SubscriptionKind.Pattern => "PSUBSCRIBE"u8,
        SubscriptionKind.Shard => "SSUBSCRIBE"u8,
        _ => "SUBSCRIBE"u8,
    });

    /// <summary>The command that ends it.</summary>
    public byte[] Unsubscribe() => Command(Kind switch
    {
        SubscriptionKind.Pattern => "PUNSUBSCRIBE"u8,
        SubscriptionKind.Shard => "SUNSUBSCRIBE"u8,
        _ => "UNSUBSCRIBE"u8,
    });

    /// <summary>The kind a command or a confirmation is about, by the first letter of its name.</summary>
    public static SubscriptionKind KindOf(ReadOnlySpan<byte> name) => (name[0] | 0x20) switch
    {
        'p' => SubscriptionKind.Pattern,
        's' when (name[1] | 0x20) is 's' || ((name[1] | 0x20) is 'u' && (name[2] | 0x20) is 'n') => SubscriptionKind.Shard,
        _ => SubscriptionKind.Channel,
    };

    private byte[] Command(ReadOnlySpan<byte> name)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        RespWriter.WriteArrayHeader(output, 2);
        RespWriter.WriteBulk(output, name);
        RespWriter.WriteBulk(output, Encoding.Latin1.GetBytes(Name));
        return output.WrittenSpan.ToArray();
    }
}
