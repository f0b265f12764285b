using System.Text;
using Baton.Protocol.Subscriptions;
using Baton.Protocol.Resp;

namespace Baton.Client.StackExchangeRedis;

/// <summary>One subscription.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">The channel or pattern, one char per byte.</param>
internal readonly record struct Subscription(SubscriptionKind Kind, string Name)
{
    /// <summary>The command that makes it.</summary>
    public byte[] Subscribe() => Command(SubscriptionNames.Subscribe(Kind));

    /// <summary>The command that ends it.</summary>
    public byte[] Unsubscribe() => Command(SubscriptionNames.Unsubscribe(Kind));

    private byte[] Command(ReadOnlySpan<byte> name)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        RespWriter.WriteArrayHeader(output, 2);
        RespWriter.WriteBulk(output, name);
        RespWriter.WriteBulk(output, Encoding.Latin1.GetBytes(Name));
        return output.WrittenSpan.ToArray();
    }
}
