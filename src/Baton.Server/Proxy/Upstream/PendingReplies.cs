using Baton.Server.Proxy.Replies;

namespace Baton.Server.Proxy.Upstream;

/// <summary>
/// Who gets the next replies of a link: a ring of (sink, count), neighbours of the same sink merged. Allocates only to grow.
/// </summary>
internal sealed class PendingReplies
{
    private Entry[] _entries = new Entry[16];
    private int _head;
    private int _count;

    /// <summary>Nobody waits.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>The sink of the last reply asked for.</summary>
    public ReplySink? TailSink => _count == 0 ? null : _entries[(_head + _count - 1) & (_entries.Length - 1)].Sink;

    /// <summary>The first sink; only when not empty.</summary>
    public ReplySink HeadSink => _entries[_head].Sink;

    /// <summary>How many replies the first sink waits for.</summary>
    public int HeadCount => _entries[_head].Count;

    /// <summary>Appends replies to wait for.</summary>
    public void Enqueue(ReplySink sink, int count)
    {
        if (_count > 0)
        {
            ref Entry tail = ref _entries[(_head + _count - 1) & (_entries.Length - 1)];
            if (tail.Sink == sink)
            {
                tail.Count += count;
                return;
            }
        }

        if (_count == _entries.Length)
        {
            Grow();
        }

        _entries[(_head + _count) & (_entries.Length - 1)] = new Entry { Sink = sink, Count = count };
        _count++;
    }

    /// <summary>The first sink got replies.</summary>
    public void Complete(int count)
    {
        ref Entry head = ref _entries[_head];
        head.Count -= count;
        if (head.Count == 0)
        {
            head = default;
            _head = (_head + 1) & (_entries.Length - 1);
            _count--;
        }
    }

    /// <summary>Shows every sink, in order.</summary>
    public void ForEach(Action<ReplySink> visit)
    {
        for (int i = 0; i < _count; i++)
        {
            visit(_entries[(_head + i) & (_entries.Length - 1)].Sink);
        }
    }

    /// <summary>Moves everything to the end of <paramref name="other"/>; returns how many replies that is.</summary>
    public int MoveTo(PendingReplies other)
    {
        int moved = 0;
        while (_count > 0)
        {
            moved += HeadCount;
            other.Enqueue(HeadSink, HeadCount);
            Complete(HeadCount);
        }

        return moved;
    }

    /// <summary>Tells every sink that its replies will never come; returns how many those were.</summary>
    public int Fail(string error)
    {
        int lost = 0;
        while (_count > 0)
        {
            ReplySink sink = HeadSink;
            int count = HeadCount;
            Complete(count);
            lost += count;
            sink.OnLost(count, error);
        }

        return lost;
    }

    private void Grow()
    {
        Entry[] larger = new Entry[_entries.Length * 2];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = _entries[(_head + i) & (_entries.Length - 1)];
        }

        _entries = larger;
        _head = 0;
    }

    private struct Entry
    {
        public ReplySink Sink;
        public int Count;
    }
}
