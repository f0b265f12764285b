using Baton.Protocol.Subscriptions;

namespace Baton.Client;

/// <summary>The bytes of a subscriber's commands, each with a PING behind it.</summary>
internal static class SubscriberFrames
{
    /// <summary>The marker alone.</summary>
    public static readonly byte[] Ping = [.. "*1\r\n$4\r\nPING\r\n"u8];

    /// <summary>SUBSCRIBE, PSUBSCRIBE, or SSUBSCRIBE one by one, for channels of different slots cannot share a command.</summary>
    public static byte[] Subscribe(SubscriptionKind kind, IReadOnlyList<Topic> topics) => Make(
        SubscriptionNames.Subscribe(kind), kind == SubscriptionKind.Sharded ? topics.Select(static topic => new[] { topic }) : [topics]);

    /// <summary>UNSUBSCRIBE and its kin.</summary>
    public static byte[] Unsubscribe(Topic topic) => Make(SubscriptionNames.Unsubscribe(topic.Kind), [[topic]]);

    private static byte[] Make(ReadOnlySpan<byte> name, IEnumerable<IReadOnlyList<Topic>> commands)
    {
        var bytes = new List<byte>();
        foreach (var topics in commands)
        {
            var writer = CommandWriter.Begin(name);
            foreach (var topic in topics)
            {
                writer.AddBytes(topic.Name);
            }

            bytes.AddRange(writer.Finish().Span);
            writer.Return();
        }

        bytes.AddRange(Ping);
        return [.. bytes];
    }
}
