using Baton.Protocol.Subscriptions;
using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>
/// What a server sends to subscribers, as a push (RESP3) or an array (RESP2, and Garnet's confirmations):
/// <code>
/// message channel payload          smessage channel payload         pmessage pattern channel payload
/// subscribe channel count          ssubscribe ...                   psubscribe ...
/// unsubscribe channel count        sunsubscribe ...                 punsubscribe ...
/// </code>
/// </summary>
internal ref struct PubSubFrame
{
    /// <summary>What it is.</summary>
    public PubSubFrameType Type { get; private set; }

    /// <summary>Plain, pattern or sharded.</summary>
    public SubscriptionKind Kind { get; private set; }

    /// <summary>What was subscribed to: a channel or a pattern.</summary>
    public ReadOnlySpan<byte> Topic { get; private set; }

    /// <summary>Where a message was published.</summary>
    public ReadOnlySpan<byte> Channel { get; private set; }

    /// <summary>What was published.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>False for anything else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out PubSubFrame read)
    {
        read = default;
        var reader = new RespReader(frame);
        if (!reader.Read() || reader.Count < 3 || !reader.Read() || reader.Value.Length < "message"u8.Length)
        {
            return false;
        }

        var name = reader.Value;
        read.Kind = SubscriptionNames.KindOf(name);
        var word = read.Kind == SubscriptionKind.Channel ? name : name[1..];
        read.Type = word.SequenceEqual("message"u8) ? PubSubFrameType.Message
            : word.SequenceEqual("subscribe"u8) ? PubSubFrameType.Subscribed
            : word.SequenceEqual("unsubscribe"u8) ? PubSubFrameType.Unsubscribed
            : PubSubFrameType.Other;
        if (read.Type == PubSubFrameType.Other || !reader.Read() || reader.IsNull)
        {
            return false;
        }

        read.Topic = read.Channel = reader.Value;
        if (read.Type != PubSubFrameType.Message)
        {
            return true;
        }

        if (read.Kind == SubscriptionKind.Pattern)
        {
            if (!reader.Read())
            {
                return false;
            }

            read.Channel = reader.Value;
        }

        if (!reader.Read())
        {
            return false;
        }

        read.Payload = reader.Value;
        return true;
    }
}
