using System.Runtime.ExceptionServices;

namespace Baton.Client;

/// <summary>
/// Hands results to callers: those of one receive together, on the thread that received them, and sends what their callers ask next in one piece
/// behind the last of them. Thread-safe, but for <see cref="Add"/>.
/// </summary>
/// <remarks>
/// A caller's code may do what it wants, so no caller waits long for another one. A thread that delivers is found to be held up, and relieved:
/// <code>
/// after Budget, between two callers            what was asked is sent, the pool delivers the rest
/// a caller blocks in this client (Execute)     the same before it blocks, and another thread reads
/// a caller blocks elsewhere (Task.Wait)        the same at the second heartbeat that finds it so
/// callers took more than SlowShare of a second the same
/// </code>
/// But for the first, each result is then a work item of the pool for a while (<see cref="CarefulMs"/>), for what was so once is so again. So are
/// results during the greeting: what waits for it is not a caller.
/// </remarks>
internal sealed class Deliveries(RedisConnection connection, CoarseClock clock) : IThreadPoolWorkItem
{
    /// <summary>How long a thread delivers before it asks for help.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromMicroseconds(250);

    /// <summary>A caller that goes on for longer than this on the thread that delivers holds others up.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromMicroseconds(200);

    /// <summary>How much of a second such callers may take.</summary>
    public static readonly TimeSpan SlowShare = TimeSpan.FromMilliseconds(20);

    /// <summary>For how long results travel one by one after callers were found to hold up others.</summary>
    public const int CarefulMs = 30_000;

    private const int WindowMs = 1_000;

    [ThreadStatic]
    private static Deliveries? _running;

    /// <summary>The <see cref="_reliefs"/> at which the thread began: when there have been more, nobody waits for it any more.</summary>
    [ThreadStatic]
    private static int _runningSince;

    private readonly Lock _gate = new();
    private PendingCommand? _newFirst;
    private PendingCommand? _newLast;
    private PendingCommand? _first;
    private PendingCommand? _last;

    /// <summary>The thread that delivers instead of reading; 0 for none.</summary>
    private int _readerThread;

    /// <summary>Counts readers: one that was relieved is not the reader any more.</summary>
    private int _turn;

    /// <summary>Counts how often threads that deliver were relieved.</summary>
    private int _reliefs;
    private long _delivered;
    private long _seen = -1;
    private long _carefulUntilMs = long.MinValue;
    private long _windowMs;
    private TimeSpan _slow;
    private int _owesFlush;

    /// <summary>The next result of what was just received. For the reader.</summary>
    public void Add(PendingCommand command)
    {
        if (_newLast is null)
        {
            _newFirst = command;
        }
        else
        {
            _newLast.NextDelivered = command;
        }

        _newLast = command;
    }

    /// <summary>Makes what was added everybody's. For the reader, before somebody else may read.</summary>
    /// <returns>False when there is nothing to deliver on this thread.</returns>
    public bool Publish()
    {
        if (_newFirst is null)
        {
            return false;
        }

        lock (_gate)
        {
            Publish_NeedsLock();
        }

        if (IsQuick)
        {
            return true;
        }

        Scatter();
        return false;
    }

    /// <summary>Publishes, and delivers on the thread of the reader, who reads on afterwards.</summary>
    /// <returns>False when the reader was relieved meanwhile: another thread reads now.</returns>
    public bool DeliverBeforeReading(int turn)
    {
        if (_newFirst is null)
        {
            return true;
        }

        bool isQuick;
        lock (_gate)
        {
            Publish_NeedsLock();

            // Asked only now: an end is either seen here, or finds what was published (OnClosed).
            isQuick = IsQuick;
            _readerThread = isQuick ? Environment.CurrentManagedThreadId : 0;
        }

        if (!isQuick)
        {
            Scatter();
            return true;
        }

        Execute();
        lock (_gate)
        {
            if (_turn != turn)
            {
                return false;
            }

            _readerThread = 0;
            return true;
        }
    }

    /// <summary>Delivers what is there, on the calling thread.</summary>
    public void Execute()
    {
        var (before, beforeSince) = (_running, _runningSince);
        (_running, _runningSince) = (this, Volatile.Read(ref _reliefs));
        var context = ExecutionContext.Capture();
        var began = clock.Timestamp;
        var last = began;
        while (TryTake(out var command, out var isLast))
        {
            Deliver(command, context);
            var now = clock.Timestamp;
            if (clock.Between(last, now) > Slow && IsAwaited && HoldsUpOthers && IsTooMuch(clock.Between(last, now)))
            {
                // The rest too: one after another, they would add up.
                BeCareful();
                Scatter();
                break;
            }

            last = now;
            if (!isLast && clock.Between(began, now) > Budget)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                break;
            }
        }

        (_running, _runningSince) = (before, beforeSince);
        PayFlush();
    }

    /// <summary>True when the thread delivers for this connection, which then flushes behind the last result.</summary>
    public bool TryOweFlush()
    {
        if (_running != this || !IsAwaited)
        {
            return false;
        }

        Volatile.Write(ref _owesFlush, 1);
        return true;
    }

    /// <summary>The calling thread is about to block: nobody may wait for what it was to deliver, to send or to read.</summary>
    public static void BeforeBlocking()
    {
        if (_running is { IsAwaited: true } running)
        {
            running.BeCareful();
            running.Relieve(Environment.CurrentManagedThreadId);
        }
    }

    /// <summary>The connection has ended: nothing watches over the thread that delivers any more.</summary>
    public void OnClosed()
    {
        lock (_gate)
        {
            _reliefs++;
        }

        Scatter();
    }

    /// <summary>The heartbeat: a thread that has delivered nothing since the last one is not waited for.</summary>
    public void Watch()
    {
        int held;
        bool isStuck;
        lock (_gate)
        {
            var isDelivering = _readerThread != 0 || _first is not null || Volatile.Read(ref _owesFlush) != 0;
            isStuck = isDelivering && _seen == _delivered;
            _seen = isDelivering ? _delivered : -1;
            held = _readerThread;
        }

        if (isStuck)
        {
            if (HoldsUpOthers)
            {
                BeCareful();
            }

            Relieve(held);
        }
    }

    /// <summary>For a thread that delivers: it has not been relieved.</summary>
    private bool IsAwaited => _runningSince == Volatile.Read(ref _reliefs);

    private bool IsQuick => Volatile.Read(ref _carefulUntilMs) <= clock.NowMs && connection.State == ConnectionState.Ready;

    /// <summary>A program that goes on from its last result with something else (its main loop, say) holds up nobody.</summary>
    private bool HoldsUpOthers => Volatile.Read(ref _first) is not null || Volatile.Read(ref _owesFlush) != 0 || connection.InFlight > 0;

    private void BeCareful() => Volatile.Write(ref _carefulUntilMs, clock.NowMs + CarefulMs);

    private void Relieve(int thread)
    {
        int? turn = null;
        lock (_gate)
        {
            _reliefs++;
            if (_readerThread != 0 && _readerThread == thread)
            {
                _readerThread = 0;
                turn = ++_turn;
            }
        }

        Scatter();
        PayFlush();
        if (turn is { } next)
        {
            connection.StartReader(next);
        }
    }

    /// <summary>True when callers have taken more than their share of the second.</summary>
    private bool IsTooMuch(TimeSpan took)
    {
        lock (_gate)
        {
            if (clock.NowMs - _windowMs > WindowMs)
            {
                (_windowMs, _slow) = (clock.NowMs, TimeSpan.Zero);
            }

            _slow += took;
            return _slow > SlowShare;
        }
    }

    /// <summary>Sends what the thread that delivers would send behind the last result.</summary>
    public void PayFlush()
    {
        if (Volatile.Read(ref _owesFlush) != 0 && Interlocked.Exchange(ref _owesFlush, 0) != 0)
        {
            connection.Flush();
        }
    }

    private void Scatter()
    {
        while (TryTake(out var command, out _))
        {
            ThreadPool.UnsafeQueueUserWorkItem(command, preferLocal: false);
        }
    }

    private void Publish_NeedsLock()
    {
        if (_last is null)
        {
            _first = _newFirst;
        }
        else
        {
            _last.NextDelivered = _newFirst;
        }

        _last = _newLast;
        _newFirst = _newLast = null;
    }

    private bool TryTake(out PendingCommand command, out bool isLast)
    {
        lock (_gate)
        {
            command = _first!;
            if (command is null)
            {
                isLast = true;
                return false;
            }

            _first = command.NextDelivered;
            command.NextDelivered = null;
            isLast = _first is null;
            if (isLast)
            {
                _last = null;
            }

            _delivered++;
            return true;
        }
    }

    private static void Deliver(PendingCommand command, ExecutionContext? context)
    {
        try
        {
            command.Execute();
        }
        catch (Exception e)
        {
            // As from any work item of the pool: it is the program's to handle, and not on a thread that others wait for.
            ThreadPool.UnsafeQueueUserWorkItem(static error => error.Throw(), ExceptionDispatchInfo.Capture(e), preferLocal: false);
        }

        if (context is not null && ExecutionContext.Capture() != context)
        {
            ExecutionContext.Restore(context);
        }
    }
}
