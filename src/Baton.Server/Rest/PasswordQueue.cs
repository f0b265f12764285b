namespace Baton.Server.Rest;

/// <summary>Who asks with a password.</summary>
/// <param name="Address">Where from; one address is one asker, however many connections it has.</param>
/// <param name="Failures">Wrong passwords on this connection so far.</param>
/// <param name="IsHopeless">The password is known to be wrong.</param>
internal readonly record struct LoginOrigin(string Address, int Failures = 0, bool IsHopeless = false);

/// <summary>
/// Checking a password is slow by intent, so checks stand in a queue, and it is a fair one: those come first that have failed least, on their
/// connection and with their name from their address, and among equals addresses take turns. Whoever guesses waits behind whoever does not. One thread
/// does all the work, at a low priority: the data path does not feel it. Thread-safe.
/// </summary>
internal sealed class PasswordQueue : IDisposable
{
    private const int MostRemembered = 4096;
    private const int Hopeless = int.MaxValue / 2;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly Dictionary<string, List<Check>> _waiting = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _turns = new();
    private readonly Dictionary<(string Address, string Name), int> _failures = [];
    private Thread? _thread;
    private bool _ended;

    /// <summary>Checks that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Values.Sum(checks => checks.Count);
            }
        }
    }

    /// <summary>Wrong passwords for a name from an address, since the last right one.</summary>
    public int FailuresOf(string address, string name)
    {
        lock (_gate)
        {
            return _failures.GetValueOrDefault((address, name));
        }
    }

    /// <summary>Runs a check in its turn.</summary>
    /// <exception cref="RestException">429: too many wait already; of an address that has too many, the one that failed most goes.</exception>
    public Task<bool> RunAsync(LoginOrigin from, string name, Func<bool> check, CancellationToken cancellationToken)
    {
        Check? refused;
        Check added;
        lock (_gate)
        {
            added = new Check(from.Address, name, from.IsHopeless ? Hopeless : from.Failures, check);
            if (!_waiting.TryGetValue(from.Address, out List<Check>? checks))
            {
                _waiting[from.Address] = checks = [];
                _turns.AddLast(from.Address);
            }

            checks.Add(added);
            refused = checks.Count > RestLimits.MaxWaitingLoginsPerAddress || _turns.Count > RestLimits.MaxWaitingAddresses
                ? checks.Reverse<Check>().MaxBy(FailuresOf)
                : null;
            if (refused is not null)
            {
                Remove(refused);
            }

            StartThread();
        }

        refused?.Done.TrySetException(TooMany());
        _work.Release();
        CancellationTokenRegistration registration = cancellationToken.Register(() => Cancel(added));
        return added.Done.Task.ContinueWith(
            done =>
            {
                registration.Dispose();
                return done;
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default).Unwrap();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
        }

        _work.Release();
        _thread?.Join(RestLimits.StopTimeout);
    }

    /// <summary>What somebody is told who has to come again later.</summary>
    public static RestException TooMany() => new(
        429, "too_many_logins", "Too many passwords from this address wait to be checked, or were wrong; try again after Retry-After seconds.");

    private void StartThread()
    {
        if (_thread is null)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "passwords" };
            _thread.Start();
        }
    }

    private void Run()
    {
        LowPriority.ForThisThread();
        while (true)
        {
            _work.Wait();
            Check? next;
            lock (_gate)
            {
                if (_ended)
                {
                    return;
                }

                next = Take();
            }

            if (next is not null)
            {
                Do(next);
            }
        }
    }

    private void Do(Check check)
    {
        try
        {
            bool isRight = check.Work();
            lock (_gate)
            {
                Note(check, isRight);
            }

            check.Done.TrySetResult(isRight);
        }
        catch (Exception exception) // whatever it is, it is the asker's: the thread serves everybody
        {
            check.Done.TrySetException(exception);
        }
    }

    private void Note(Check check, bool isRight)
    {
        (string, string) key = (check.Address, check.Name);
        if (isRight)
        {
            _failures.Remove(key);
            return;
        }

        if (_failures.Count >= MostRemembered)
        {
            _failures.Clear(); // An order is lost, nothing else.
        }

        _failures[key] = _failures.GetValueOrDefault(key) + 1;
    }

    /// <summary>The one that failed least, as it is known now: what was guessed while it waited counts. Its address goes to the end of the line.</summary>
    private Check? Take()
    {
        Check? next = _turns.Select(address => _waiting[address].MinBy(FailuresOf)!).MinBy(FailuresOf); // In a tie who came first.
        if (next is not null)
        {
            _turns.Remove(next.Address);
            _turns.AddLast(next.Address);
            Remove(next);
        }

        return next;
    }

    private int FailuresOf(Check check) => check.Failures + _failures.GetValueOrDefault((check.Address, check.Name));

    private void Cancel(Check check)
    {
        lock (_gate)
        {
            Remove(check);
        }

        check.Done.TrySetCanceled();
    }

    private void Remove(Check check)
    {
        if (_waiting.TryGetValue(check.Address, out List<Check>? checks) && checks.Remove(check) && checks.Count == 0)
        {
            _waiting.Remove(check.Address);
            _turns.Remove(check.Address);
        }
    }

    private sealed class Check(string address, string name, int failures, Func<bool> work)
    {
        public string Address => address;

        public string Name => name;

        public int Failures => failures;

        public Func<bool> Work => work;

        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
