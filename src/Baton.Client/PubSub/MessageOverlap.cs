namespace Baton.Client;

/// <summary>
/// Two connections are subscribed to the same: what the old one delivers is noted, what the new one delivers is kept back. Guarded by the hub.
/// </summary>
internal sealed class MessageOverlap
{
    /// <summary>More messages than this, of both together, and the overlap is given up.</summary>
    public const int MostMessages = 200_000;

    private readonly Dictionary<(Topic Topic, RedisKey Channel), List<byte[]>> _old = [];
    private readonly List<(Topic Topic, RedisMessage Message)> _new = [];
    private int _count;

    /// <summary>True when it has taken more than it may keep.</summary>
    public bool IsTooLong => _count > MostMessages;

    /// <summary>What the new connection has delivered, in order.</summary>
    public IReadOnlyList<(Topic Topic, RedisMessage Message)> New => _new;

    /// <summary>The old connection delivered this.</summary>
    public void NoteOld(Topic topic, RedisMessage message)
    {
        var key = (topic, message.Channel);
        if (!_old.TryGetValue(key, out var delivered))
        {
            _old.Add(key, delivered = []);
        }

        delivered.Add(message.Bytes);
        _count++;
    }

    /// <summary>The new connection delivered this.</summary>
    public void KeepNew(Topic topic, RedisMessage message)
    {
        _new.Add((topic, message));
        _count++;
    }

    /// <summary>The old connection's part is complete.</summary>
    public OverlapSettlement Settle(long untilMs) => new(_old, untilMs);
}
