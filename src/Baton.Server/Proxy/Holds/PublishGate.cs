namespace Baton.Server.Proxy.Holds;

/// <summary>
/// Keeps publishing and unsubscribing apart, on an engine where whoever leaves while a message goes round takes it away from another
/// (<c>SafeUnsubscribing</c> false: Garnet counts its way through a list of subscribers, from which entries are taken meanwhile).
/// <code>
/// Open --Leave--> Closed --nothing published is unanswered--> Leaving --all have left--> Open
///  publish: goes    publish: waits                              publish: waits
/// </code>
/// Who publishes and who leaves take turns. Thread-safe; callbacks run on any thread, leaving on the loop it was asked on.
/// </summary>
internal sealed class PublishGate
{
    private readonly Lock _lock = new();
    private readonly Queue<(ProxyLoop Loop, Action Leave)> _leaves = [];
    private List<Action> _waiting = [];
    private Phase _phase;
    private int _published;
    private int _leaving;

    private enum Phase
    {
        Open,
        Closed,
        Leaving,
    }

    /// <summary>
    /// True: something may be published, and <see cref="Published"/> is called once when it is answered or lost. False: not now;
    /// <paramref name="resume"/> is called when it is time to ask again.
    /// </summary>
    public bool TryPublish(Action resume)
    {
        lock (_lock)
        {
            if (_phase != Phase.Open)
            {
                _waiting.Add(resume);
                return false;
            }

            _published++;
            return true;
        }
    }

    /// <summary>What was published has gone round.</summary>
    public void Published()
    {
        lock (_lock)
        {
            _published--;
            TryLeave();
        }
    }

    /// <summary>Runs <paramref name="leave"/> when nothing goes round; <see cref="Left"/> is called once when the engine has let go.</summary>
    public void Leave(ProxyLoop loop, Action leave)
    {
        lock (_lock)
        {
            _leaves.Enqueue((loop, leave));
            if (_phase != Phase.Leaving || _waiting.Count == 0)
            {
                Close();
            }
        }
    }

    /// <summary>One that was to leave has left.</summary>
    public void Left()
    {
        List<Action> waiting;
        lock (_lock)
        {
            if (--_leaving > 0)
            {
                return;
            }

            _phase = Phase.Open;
            waiting = _waiting;
            _waiting = [];
            if (_leaves.TryPeek(out (ProxyLoop Loop, Action Leave) next))
            {
                // Behind those who have waited meanwhile.
                next.Loop.Io.Post(() => next.Loop.Io.At(next.Loop.Io.NowMs + 1, Reclose));
            }
        }

        waiting.ForEach(static resume => resume());
    }

    private void Reclose()
    {
        lock (_lock)
        {
            if (_leaves.Count > 0)
            {
                Close();
            }
        }
    }

    private void Close()
    {
        _phase = _phase == Phase.Open ? Phase.Closed : _phase;
        TryLeave();
    }

    private void TryLeave()
    {
        if (_phase == Phase.Open || _published > 0)
        {
            return;
        }

        _phase = Phase.Leaving;
        while (_leaves.TryDequeue(out (ProxyLoop Loop, Action Leave) next))
        {
            _leaving++;
            next.Loop.Io.Post(next.Leave);
        }
    }
}
