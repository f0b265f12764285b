using System.Text;

namespace Baton.Client.StackExchangeRedis;

/// <summary>
/// Messages of the old connection while both are subscribed. Each channel's messages come in the same order on both, the new connection's beginning
/// somewhere among the old one's last: the longest end of the old ones that is a beginning of the new ones is what has been delivered already.
/// Thread-safe.
/// </summary>
internal sealed class OverlapRecord
{
    /// <summary>More messages than come in the time of a handoff; of more, the oldest are forgotten.</summary>
    private const int MostMessages = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _messages = new();

    /// <summary>A message has come on the old connection.</summary>
    public void Add(ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            if (_messages.Count == MostMessages)
            {
                _messages.Dequeue();
            }

            _messages.Enqueue(message.ToArray());
        }
    }

    /// <summary>The new connection's frames without the messages that were delivered already.</summary>
    public List<byte[]> WithoutDelivered(List<byte[]> frames)
    {
        Dictionary<string, List<byte[]>> old;
        lock (_gate)
        {
            old = ByChannel(_messages);
        }

        var fresh = ByChannel(frames.Where(static frame => Pushes.KindOf(frame) == PushKind.Message));
        var delivered = new HashSet<byte[]>(ReferenceEqualityComparer.Instance as IEqualityComparer<byte[]>);
        foreach (var (channel, messages) in fresh)
        {
            if (old.TryGetValue(channel, out var before))
            {
                delivered.UnionWith(messages.Take(Overlap(before, messages)));
            }
        }

        return [.. frames.Where(frame => !delivered.Contains(frame))];
    }

    private static Dictionary<string, List<byte[]>> ByChannel(IEnumerable<byte[]> messages) =>
        messages
            .GroupBy(static message => Encoding.Latin1.GetString(message, 0, Pushes.PayloadOffset(message)))
            .ToDictionary(static group => group.Key, static group => group.ToList());

    /// <summary>The longest end of the one that is a beginning of the other.</summary>
    private static int Overlap(List<byte[]> before, List<byte[]> after)
    {
        for (var length = Math.Min(before.Count, after.Count); length > 0; length--)
        {
            var start = before.Count - length;
            var index = 0;
            while (index < length && before[start + index].AsSpan().SequenceEqual(after[index]))
            {
                index++;
            }

            if (index == length)
            {
                return length;
            }
        }

        return 0;
    }
}
