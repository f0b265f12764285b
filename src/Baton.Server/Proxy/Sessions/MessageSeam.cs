namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// Joins the messages of two links to two masters, of which the second follows the first, to one sequence without a gap or a double:
/// <code>
/// old   a  mark  b  c |drained          delivered: a b c, then d e
/// new      mark  b  c  d  e             b and c are what the old one has said since the mark, so they are dropped
/// </code>
/// Both hear a mark that is published once; from there on the new link repeats the old one's messages one for one, sooner or later than they, and what it
/// says beyond them is new. A target that does not hear what its source publishes (a copy) repeats nothing. Events of the keyspace are not repeated either:
/// a target makes none before it is the master. Pure.
/// </summary>
internal sealed class MessageSeam(bool repeats)
{
    private readonly Queue<byte[]> _ahead = new();
    private bool _oldMarked;
    private bool _newMarked = !repeats;
    private int _behind;

    /// <summary>Whichever message comes next from either link, it is known whether it is a repetition.</summary>
    public bool IsReady => _newMarked && (_oldMarked || !repeats);

    /// <summary>The old link has said all it will ever say.</summary>
    public bool IsDrained { get; private set; }

    /// <summary>And the new one has repeated it.</summary>
    public bool IsOver => IsDrained && _behind == 0;

    /// <summary>The old link hears the mark.</summary>
    public void OldMark() => _oldMarked = true;

    /// <summary>The new link hears the mark.</summary>
    public void NewMark() => _newMarked = true;

    /// <summary>The old link brings a message, which is to be delivered.</summary>
    public void Old(bool isEvent)
    {
        if (repeats && _oldMarked && !isEvent && !_ahead.TryDequeue(out _))
        {
            _behind++;
        }
    }

    /// <summary>The new link brings a message; true: it is to be delivered now.</summary>
    public bool New(ReadOnlySpan<byte> frame, bool isEvent)
    {
        if (!_newMarked)
        {
            return false;
        }

        if (_behind > 0 && !isEvent)
        {
            _behind--;
            return false;
        }

        if (!IsDrained)
        {
            _ahead.Enqueue(frame.ToArray());
        }

        return IsDrained;
    }

    /// <summary>The old link has said all; returns what has been waiting behind it.</summary>
    public IEnumerable<byte[]> Drain()
    {
        IsDrained = true;
        while (_ahead.TryDequeue(out byte[]? frame))
        {
            yield return frame;
        }
    }
}
