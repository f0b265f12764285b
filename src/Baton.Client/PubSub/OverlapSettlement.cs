namespace Baton.Client;

/// <summary>
/// After a handoff: filters the new connection's messages until, stream by stream, it is known which are copies of the old one's. The new connection
/// may be behind (a replica), so the copies may come a while after the old one is gone; and a stream on which nothing comes is forgotten in the end.
/// Guarded by the hub.
/// </summary>
internal sealed class OverlapSettlement
{
    private readonly Dictionary<(Topic Topic, RedisKey Channel), StreamMatch<RedisMessage>> _streams;
    private readonly List<RedisMessage> _news = [];

    public OverlapSettlement(Dictionary<(Topic Topic, RedisKey Channel), List<byte[]>> old, long untilMs)
    {
        _streams = old.ToDictionary(static pair => pair.Key, static pair => new StreamMatch<RedisMessage>(pair.Value));
        UntilMs = untilMs;
    }

    /// <summary>When it is over, settled or not. What may be a copy until then is taken for one: nothing is doubled.</summary>
    public long UntilMs { get; }

    /// <summary>True when every stream is settled.</summary>
    public bool IsDone => _streams.Count == 0;

    /// <summary>The messages that are new now that this one has come; valid until the next call.</summary>
    public List<RedisMessage> Accept(Topic topic, RedisMessage message)
    {
        _news.Clear();
        var key = (topic, message.Channel);
        if (!_streams.TryGetValue(key, out var stream))
        {
            _news.Add(message);
            return _news;
        }

        stream.Accept(message.Bytes, message, _news);
        if (stream.IsSettled)
        {
            _streams.Remove(key);
        }

        return _news;
    }
}
