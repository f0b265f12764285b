namespace Baton.Cli.Bench.Handoff.Load;

/// <summary>Callers of one kind that call, wait for the answer, rest, and so on, until stopped; and what came of it.</summary>
internal sealed class CallerLoad : IDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(90);

    private readonly ManualResetEvent _over = new(initialState: false);
    private readonly List<CallerLog> _logs = [];
    private readonly List<Task> _callers = [];
    private readonly TimeProvider _time;
    private readonly TimeSpan _rest;
    private long _answered;
    private volatile bool _isOver;

    /// <param name="time">Clock.</param>
    /// <param name="rest">Between two calls of a caller; zero for none.</param>
    public CallerLoad(TimeProvider time, TimeSpan rest) => (_time, _rest) = (time, rest);

    /// <summary>What the callers saw. Read it when they have stopped.</summary>
    public IReadOnlyList<CallerLog> Logs => _logs;

    /// <summary>Calls that were answered by now.</summary>
    public long AnsweredSoFar => Interlocked.Read(ref _answered);

    /// <summary>How long the longest failed call took. Ask when the callers have stopped.</summary>
    public double LongestFailureMs(bool isBlocking) => _logs.Where(log => log.IsBlocking == isBlocking).SelectMany(static log => log.Failed)
        .Select(call => _time.GetElapsedTime(call.Began, call.Ended).TotalMilliseconds).DefaultIfEmpty().Max();

    /// <summary>Starts callers; each is told its number.</summary>
    public void Start(string kind, int callers, Func<int, Task> call)
    {
        for (var i = 0; i < callers; i++)
        {
            var (log, caller) = (NewLog(kind, isBlocking: false), i);
            _callers.Add(Task.Run(() => RepeatAsync(log, () => call(caller))));
        }
    }

    /// <summary>Starts callers that have a thread each and block it.</summary>
    public void StartThreads(string kind, int callers, Action call)
    {
        for (var i = 0; i < callers; i++)
        {
            var log = NewLog(kind, isBlocking: true);
            _callers.Add(Task.Factory.StartNew(() => Repeat(log, call), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        }
    }

    /// <summary>No new calls; those under way end. A second call only waits.</summary>
    public async Task StopAsync()
    {
        _isOver = true;
        _over.Set();
        await Task.WhenAll(_callers).WaitAsync(EndLimit, _time).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _over.Dispose();

    private CallerLog NewLog(string kind, bool isBlocking)
    {
        var log = new CallerLog(kind, isBlocking);
        _logs.Add(log);
        return log;
    }

    private void Answered(CallerLog log, long began)
    {
        log.Answer(began, _time.GetTimestamp());
        Interlocked.Increment(ref _answered);
    }

    private async Task RepeatAsync(CallerLog log, Func<Task> call)
    {
        while (!_isOver)
        {
            var began = _time.GetTimestamp();
            try
            {
                await call().ConfigureAwait(false);
                Answered(log, began);
            }
            catch (Exception e)
            {
                log.Fail(began, _time.GetTimestamp(), e);
            }

            if (_rest > TimeSpan.Zero)
            {
                await Task.Delay(_rest, _time).ConfigureAwait(false);
            }
        }
    }

    private void Repeat(CallerLog log, Action call)
    {
        do
        {
            var began = _time.GetTimestamp();
            try
            {
                call();
                Answered(log, began);
            }
            catch (Exception e)
            {
                log.Fail(began, _time.GetTimestamp(), e);
            }
        }
        while (!_over.WaitOne(_rest));
    }
}
