namespace Baton.Client;

/// <summary>
/// Finds out which messages of the new connection are copies of what the old one has delivered, for one stream (one channel through one
/// subscription), while they come in. Pure but for its own state.
/// </summary>
/// <remarks>
/// Both connections carry one sequence of messages; the old one's part ends somewhere, the new one's begins somewhere before that end (or right
/// behind it). So the copies are the longest suffix of what the old one delivered during the overlap that is a prefix of what the new one delivers:
/// <code>
/// old   a b c d        new   c d e     copies: c d
/// old   a b            new   c         copies: none
/// old   a b            new   b ...     copies: b, from now on everything is new
/// old   a b a          new   a ...     not known yet: the first a or the last; a message that may be a copy waits for the next one
/// </code>
/// </remarks>
internal sealed class StreamMatch(IReadOnlyList<byte[]> old)
{
    private readonly List<RedisMessage> _new = [];

    /// <summary>Where the longest suffix begins that agrees with everything the new connection has delivered.</summary>
    private int _start;

    /// <summary>True when it is known where the new connection's own messages begin: what comes from now on is new.</summary>
    public bool IsSettled { get; private set; } = old.Count == 0;

    /// <summary>The next message of the new connection; what is known to be new is added to <paramref name="news"/>, in order.</summary>
    public void Accept(RedisMessage message, List<RedisMessage> news)
    {
        if (IsSettled)
        {
            news.Add(message);
            return;
        }

        _new.Add(message);
        if (!Agrees(_start, _new.Count - 1))
        {
            do
            {
                _start++;
            }
            while (!Agrees(_start, 0));
        }

        var copies = old.Count - _start;
        if (copies <= _new.Count)
        {
            IsSettled = true;
            news.AddRange(_new.Skip(copies));
            _new.Clear();
        }
    }

    /// <summary>True when the suffix from <paramref name="start"/> agrees with the new messages from an index on; the empty one always does.</summary>
    private bool Agrees(int start, int from)
    {
        for (var index = from; index < _new.Count && start + index < old.Count; index++)
        {
            if (!old[start + index].AsSpan().SequenceEqual(_new[index].Bytes))
            {
                return false;
            }
        }

        return true;
    }
}
