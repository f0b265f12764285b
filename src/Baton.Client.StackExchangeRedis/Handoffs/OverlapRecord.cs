using System.Text;

namespace Baton.Client.StackExchangeRedis;

/// <summary>
/// Messages of the old connection while both are subscribed: which of the new one's have been delivered already, channel by channel, is
/// <see cref="StreamMatch{T}"/>'s to say. Thread-safe.
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

        var news = new HashSet<byte[]>(ReferenceEqualityComparer.Instance as IEqualityComparer<byte[]>);
        foreach (var (channel, messages) in ByChannel(frames.Where(static frame => PushFrames.KindOf(frame) == PushKind.Message)))
        {
            news.UnionWith(old.TryGetValue(channel, out var before) ? NotIn(before, messages) : messages);
        }

        return [.. frames.Where(frame => PushFrames.KindOf(frame) != PushKind.Message || news.Contains(frame))];
    }

    private static Dictionary<string, List<byte[]>> ByChannel(IEnumerable<byte[]> messages) =>
        messages
            .GroupBy(static message => Encoding.Latin1.GetString(message, 0, PushFrames.PayloadOffset(message)))
            .ToDictionary(static group => group.Key, static group => group.ToList());

    private static List<byte[]> NotIn(List<byte[]> old, List<byte[]> messages)
    {
        var match = new StreamMatch<byte[]>(old);
        var news = new List<byte[]>();
        foreach (var message in messages)
        {
            match.Accept(message, message, news);
        }

        match.Complete(news);
        return news;
    }
}
