namespace Baton.Client;

/// <summary>The bytes of a subscriber's commands, each with a PING behind it.</summary>
internal static class SubscriberFrames
{
    /// <summary>The marker alone.</summary>
    public static readonly byte[] Ping = [.. "*1\r\n$4\r\nPING\r\n"u8];

    /// <summary>SUBSCRIBE, PSUBSCRIBE, or SSUBSCRIBE one by one, for channels of different slots cannot share a command.</summary>
    public static byte[] Subscribe(SubscriptionKind kind, IReadOnlyList<Topic> topics) => kind switch
    {
        SubscriptionKind.Pattern => Make("PSUBSCRIBE"u8, [topics]),
        SubscriptionKind.Sharded => Make("SSUBSCRIBE"u8, topics.Select(static topic => new[] { topic })),
        _ => Make("SUBSCRIBE"u8, [topics]),
    };

    /// <summary>UNSUBSCRIBE and its kin.</summary>
    public static byte[] Unsubscribe(Topic topic) => topic.Kind switch
    {
        SubscriptionKind.Pattern => Make("PUNSUBSCRIBE"u8, [[topic]]),
        SubscriptionKind.Sharded => Make("SUNSUBSCRIBE"u8, [[topic]]),
        _ => Make("UNSUBSCRIBE"u8, [[topic]]),
    };

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
