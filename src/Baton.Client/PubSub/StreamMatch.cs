namespace Baton.Client;

/// <summary>
/// Finds out which messages of the new connection are copies of what the old one has delivered, for one stream (one channel through one
/// subscription), while they come in. Pure but for its own state; takes time linear in the messages of both.
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
/// The suffix is found as Knuth, Morris and Pratt find a word in a text, the old messages being the text and the new ones a word that grows.
/// </remarks>
/// <typeparam name="T">What a message is to its receiver.</typeparam>
/// <param name="old">What the old connection delivered: the bytes of each message.</param>
internal sealed class StreamMatch<T>(IReadOnlyList<byte[]> old)
{
    private readonly List<(byte[] Bytes, T Message)> _new = [];

    /// <summary>For each length of a beginning of the new messages: its longest proper beginning that is its end too.</summary>
    private readonly List<int> _borders = [0];

    /// <summary>So many old messages have been looked at ...</summary>
    private int _looked;

    /// <summary>... and so many of the last of them are a beginning of the new ones.</summary>
    private int _matched;

    /// <summary>True when it is known where the new connection's own messages begin: what comes from now on is new.</summary>
    public bool IsSettled { get; private set; } = old.Count == 0;

    /// <summary>The next message of the new connection; what is known to be new is added to <paramref name="news"/>, in order.</summary>
    public void Accept(byte[] bytes, T message, List<T> news)
    {
        if (IsSettled)
        {
            news.Add(message);
            return;
        }

        _new.Add((bytes, message));
        NoteBorder();
        while (_looked < old.Count && _matched < _new.Count)
        {
            Step();
        }

        if (_looked == old.Count)
        {
            Settle(news);
        }
    }

    /// <summary>No more messages of the new connection will come: what is new of those that waited is added to <paramref name="news"/>.</summary>
    public void Complete(List<T> news)
    {
        while (_looked < old.Count)
        {
            if (_matched == _new.Count)
            {
                _matched = _borders[_matched];
            }

            if (_new.Count == 0)
            {
                break;
            }

            Step();
        }

        Settle(news);
    }

    /// <summary>One old message further, or a shorter beginning of the new ones.</summary>
    private void Step()
    {
        if (IsSame(old[_looked], _new[_matched].Bytes))
        {
            _looked++;
            _matched++;
        }
        else if (_matched == 0)
        {
            _looked++;
        }
        else
        {
            _matched = _borders[_matched];
        }
    }

    private void Settle(List<T> news)
    {
        IsSettled = true;
        news.AddRange(_new.Skip(_matched).Select(static item => item.Message));
        _new.Clear();
    }

    /// <summary>The border of all new messages, the last one included.</summary>
    private void NoteBorder()
    {
        var last = _new.Count - 1;
        if (last == 0)
        {
            _borders.Add(0);
            return;
        }

        var border = _borders[last];
        while (border > 0 && !IsSame(_new[border].Bytes, _new[last].Bytes))
        {
            border = _borders[border];
        }

        _borders.Add(IsSame(_new[border].Bytes, _new[last].Bytes) ? border + 1 : 0);
    }

    private static bool IsSame(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other);
}
