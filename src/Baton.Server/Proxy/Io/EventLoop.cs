using System.Collections.Concurrent;
using System.Net;

namespace Baton.Server.Proxy.Io;

/// <summary>
/// One loop thread; how it waits for sockets is the derived class's. A turn:
/// <code>
/// 1 wait for input, and hand it out: upstream connections first, then clients
/// 2 posted actions (those there when the step began), due timers
/// 3 one send per connection that has output: upstream first, then at most 256 clients
/// 4 ended connections are released and their handlers told, at most 256
/// </code>
/// What a step left to do makes the next wait a mere look. Every step is bounded, by counts and by time, so no connection can starve another.
/// </summary>
internal abstract class EventLoop : ILoop
{
    /// <summary>Client connections sent to in one turn: a push to 10,000 of them must not keep input waiting for 100 ms.</summary>
    internal const int MaxFlushesPerTurn = 256;

    /// <summary>Ended connections released in one turn: closing 10,000 sockets takes 200 ms.</summary>
    internal const int MaxReleasesPerTurn = 256;

    /// <summary>How long one step of a turn begins something else; the rest is the next turn's. Who has long work does a slice of it at a time.</summary>
    internal static readonly TimeSpan StepLimit = TimeSpan.FromMilliseconds(2);

    /// <summary>A turn that takes longer than this is counted.</summary>
    internal static readonly TimeSpan LongTurn = TimeSpan.FromMilliseconds(10);

    private const int LongestWaitMs = 1000;

    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly LoopTimers _timers = new();
    private readonly List<LoopConnection> _dirtyOutgoing = [];
    private readonly Queue<LoopConnection> _dirtyAccepted = new();
    private readonly Queue<LoopConnection> _ended = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private readonly Action<string, Exception?> _report;
    private readonly long _start;
    private readonly Thread _thread;
    private long _turnStart;
    private long _stepStart;
    private long _longestTurn;
    private long _longTurns;
    private int _wakeRequested;
    private volatile bool _hasStopped;

    protected EventLoop(int index, ProxyDriverOptions options)
    {
        Index = index;
        _time = options.TimeProvider;
        _report = options.Report;
        _start = _time.GetTimestamp();
        _thread = new Thread(Run) { IsBackground = true, Name = $"baton-loop-{index}" };
    }

    /// <inheritdoc/>
    public int Index { get; }

    /// <inheritdoc/>
    public long NowMs { get; private set; }

    /// <summary>Completes when the thread has ended.</summary>
    internal Task Stopped => _stopped.Task;

    /// <summary>True from the moment the loop was asked to stop. Loop thread.</summary>
    protected bool IsStopping { get; private set; }

    /// <summary>Something waits to be sent.</summary>
    protected bool HasOutput => _dirtyOutgoing.Count > 0 || _dirtyAccepted.Count > 0;

    /// <inheritdoc/>
    public LoopTurns Turns => new(TimeSpan.FromTicks(Interlocked.Read(ref _longestTurn)), Interlocked.Read(ref _longTurns));

    /// <inheritdoc/>
    public void Post(Action action)
    {
        if (_hasStopped)
        {
            return;
        }

        _posted.Enqueue(action);

        // The loop itself looks at the queue before it waits; others wake it, once for all that is posted until it looks.
        if (Thread.CurrentThread != _thread && Interlocked.Exchange(ref _wakeRequested, 1) == 0)
        {
            Wake();
        }
    }

    /// <inheritdoc/>
    public IDisposable At(long dueMs, Action action) => _timers.Add(dueMs, action);

    /// <inheritdoc/>
    public abstract IConnection Connect(EndPoint address, IConnectionHandler handler);

    internal void Start() => _thread.Start();

    internal void Stop() => Post(() => IsStopping = true);

    internal void NoteOutput(LoopConnection connection)
    {
        if (connection.IsOutgoing)
        {
            _dirtyOutgoing.Add(connection);
        }
        else
        {
            _dirtyAccepted.Enqueue(connection);
        }
    }

    internal void NoteEnded(LoopConnection connection) => _ended.Enqueue(connection);

    /// <summary>Tells of something the loop survived.</summary>
    internal void Report(string what, Exception? exception) => _report(what, exception);

    /// <summary>Waits at most <paramref name="timeoutMs"/> (-1 = until woken), calls <see cref="ReadClock"/>, hands out input.</summary>
    protected abstract void Poll(int timeoutMs);

    /// <summary>Makes <see cref="Poll"/> return. Thread-safe.</summary>
    protected abstract void Wake();

    /// <summary>Closes every connection of the loop. Loop thread, last turn.</summary>
    protected abstract void CloseConnections(CloseReason reason);

    /// <summary>Gives back what the system lent the loop. Loop thread, after the last turn.</summary>
    protected abstract void Release();

    /// <summary>The time of this turn, and from here on a new <see cref="Post"/> wakes again.</summary>
    protected void ReadClock()
    {
        // A full fence: the queue is looked at after this is seen, or a poster might believe it need not wake while its action is not found.
        Interlocked.Exchange(ref _wakeRequested, 0);
        _turnStart = _stepStart = _time.GetTimestamp();
        NowMs = (long)_time.GetElapsedTime(_start, _turnStart).TotalMilliseconds;
    }

    /// <summary>The step at hand has taken its time.</summary>
    internal bool IsStepLong => _time.GetElapsedTime(_stepStart) > StepLimit;

    /// <summary>What follows has its own time.</summary>
    internal void BeginStep() => _stepStart = _time.GetTimestamp();

    private void Run()
    {
        while (!IsStopping)
        {
            try
            {
                Poll(WaitMs());
                RunPosted(isLast: false);
                RunTimers();
                Flush();
                ReleaseEnded(MaxReleasesPerTurn);
                NoteTurn();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                _report($"loop {Index}: a turn was cut short", exception);
            }
        }

        // Order matters: what is posted after this line does not run; what was posted before it (an accepted socket on its way here) does.
        _hasStopped = true;
        RunPosted(isLast: true);
        CloseConnections(CloseReason.ServerStopping);
        ReleaseEnded(int.MaxValue);
        Release();
        _stopped.SetResult();
    }

    private int WaitMs()
    {
        if (HasOutput || _ended.Count > 0 || !_posted.IsEmpty)
        {
            return 0;
        }

        long due = _timers.NextDueMs;
        return due == long.MaxValue ? -1 : (int)Math.Clamp(due - NowMs, 0, LongestWaitMs);
    }

    private void RunPosted(bool isLast)
    {
        BeginStep();
        for (int left = _posted.Count; left > 0 && _posted.TryDequeue(out var action); left = isLast || !IsStepLong ? left - 1 : 0)
        {
            Guard(action, "a posted action");
        }
    }

    private void RunTimers()
    {
        BeginStep();
        while (!IsStepLong && _timers.TryTake(NowMs, out var action))
        {
            Guard(action, "a timer");
        }
    }

    private void Guard(Action action, string what)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _report($"loop {Index}: {what} failed", exception);
        }
    }

    private void Flush()
    {
        // By index: sending to one may end it, and its handler may write to another.
        for (int i = 0; i < _dirtyOutgoing.Count; i++)
        {
            _dirtyOutgoing[i].Flush();
        }

        _dirtyOutgoing.Clear();
        BeginStep();
        for (int left = MaxFlushesPerTurn; left > 0 && !IsStepLong && _dirtyAccepted.TryDequeue(out var connection); left--)
        {
            connection.Flush();
        }
    }

    private void ReleaseEnded(int most)
    {
        BeginStep();
        for (; most > 0 && (most > MaxReleasesPerTurn || !IsStepLong) && _ended.TryDequeue(out LoopConnection? connection); most--)
        {
            connection.Release();
        }
    }

    private void NoteTurn()
    {
        TimeSpan took = _time.GetElapsedTime(_turnStart);
        if (took.Ticks > _longestTurn)
        {
            Interlocked.Exchange(ref _longestTurn, took.Ticks);
        }

        if (took > LongTurn)
        {
            Interlocked.Increment(ref _longTurns);
        }
    }
}
