namespace Baton.Server.Proxy.Holds;

/// <summary>
/// Keeps publishing and unsubscribing apart, on an engine where whoever leaves while a message goes round takes it away from another
/// (<c>SafeUnsubscribing</c> false: Garnet counts its way through a list of subscribers, from which entries are taken meanwhile).
/// <code>
/// Open --Leave--> Closed --nothing published is unanswered, or LimitMs--> Leaving --all have left, or LimitMs--> Open
///  publish: goes    publish: waits                                          publish: waits
/// </code>
/// Who publishes and who leaves take turns. Thread-safe; callbacks run on any thread, leaving on the loop it was asked on.
/// </summary>
internal sealed class PublishGate
{
    /// <summary>
    /// Longest wait for what goes round, and for the engine's word that all have left: one that does not answer keeps nobody from publishing.
    /// </summary>
    internal const int LimitMs = 1000;

    /// <summary>Who leaves at the same time; then who publishes has a turn.</summary>
    private const int MostAtOnce = 64;

    private readonly Lock _lock = new();
    private readonly Queue<(ProxyLoop Loop, Action<Leaving> Leave)> _leaves = [];
    private List<Action> _waiting = [];
    private Phase _phase;
    private long _phaseNumber;
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
            if (--_published == 0 && _phase == Phase.Closed)
            {
                LetLeave();
            }
        }
    }

    /// <summary>Runs <paramref name="leave"/> when nothing goes round; it ends its turn when the engine has let go.</summary>
    public void Leave(ProxyLoop loop, Action<Leaving> leave)
    {
        lock (_lock)
        {
            _leaves.Enqueue((loop, leave));
            if (_phase == Phase.Open)
            {
                Close();
            }
            else if (_phase == Phase.Leaving && _waiting.Count == 0 && _leaving < MostAtOnce)
            {
                StartLeaving();
            }
        }
    }

    private void Close()
    {
        Begin(Phase.Closed, _leaves.Peek().Loop);
        if (_published == 0)
        {
            LetLeave();
        }
    }

    private void LetLeave()
    {
        Begin(Phase.Leaving, _leaves.Peek().Loop);
        StartLeaving();
    }

    private void StartLeaving()
    {
        while (_leaving < MostAtOnce && _leaves.TryDequeue(out (ProxyLoop Loop, Action<Leaving> Leave) next))
        {
            _leaving++;
            Leaving turn = new(this, _phaseNumber);
            next.Loop.Io.Post(() => next.Leave(turn));
        }
    }

    private void Begin(Phase phase, ProxyLoop clock)
    {
        long number = ++_phaseNumber;
        _phase = phase;
        clock.Io.Post(() => clock.Io.At(clock.Io.NowMs + LimitMs, () => OnLimit(number)));
    }

    private List<Action> Open()
    {
        _phaseNumber++;
        _phase = Phase.Open;
        _leaving = 0;
        if (_leaves.TryPeek(out (ProxyLoop Loop, Action<Leaving> Leave) next))
        {
            // Behind those who have waited meanwhile.
            next.Loop.Io.Post(() => next.Loop.Io.At(next.Loop.Io.NowMs + 1, CloseAgain));
        }

        List<Action> waiting = _waiting;
        _waiting = [];
        return waiting;
    }

    private void CloseAgain()
    {
        lock (_lock)
        {
            if (_phase == Phase.Open && _leaves.Count > 0)
            {
                Close();
            }
        }
    }

    private void OnLimit(long number)
    {
        List<Action> waiting = [];
        lock (_lock)
        {
            if (number == _phaseNumber && _phase == Phase.Closed)
            {
                LetLeave();
            }
            else if (number == _phaseNumber)
            {
                waiting = Open();
            }
        }

        waiting.ForEach(static resume => resume());
    }

    private void OnLeft(long number)
    {
        List<Action> waiting;
        lock (_lock)
        {
            if (number != _phaseNumber || --_leaving > 0)
            {
                return;
            }

            waiting = Open();
        }

        waiting.ForEach(static resume => resume());
    }

    /// <summary>The turn of one that leaves.</summary>
    internal sealed class Leaving(PublishGate gate, long number)
    {
        private int _isOver;

        /// <summary>It has left, or its connection has ended. More than once is as good as once.</summary>
        public void End()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                gate.OnLeft(number);
            }
        }
    }
}
