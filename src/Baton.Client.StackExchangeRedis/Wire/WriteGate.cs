namespace Baton.Client.StackExchangeRedis;

/// <summary>
/// Who may write to the connection: StackExchange.Redis, or, between two of its commands, the handoff. Entering costs nothing but a lock.
/// </summary>
/// <remarks>
/// <code>
/// state     on                                     next
/// free      TryEnter                               writing
/// free      HoldAsync, clean                       held
/// writing   Leave                                  free; held when somebody asks for it and it is clean
/// writing   Yield, somebody asks and it is clean   held; the writer waits
/// held      Release                                free, or writing when a writer waited
/// </code>
/// </remarks>
internal sealed class WriteGate : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _holders = new(1);
    private bool _isWriting;
    private bool _isHeld;
    private TaskCompletionSource? _wanted;
    private TaskCompletionSource _released = Completed();

    /// <summary>True when somebody waits for a clean place.</summary>
    public bool IsWanted => Volatile.Read(ref _wanted) is not null;

    /// <summary>A write begins. False while it is held: wait, and try again.</summary>
    public bool TryEnter(out Task held)
    {
        lock (_gate)
        {
            held = _released.Task;
            return !_isHeld && (_isWriting = true);
        }
    }

    /// <summary>The write is over.</summary>
    public void Leave(bool isClean)
    {
        lock (_gate)
        {
            _isWriting = false;
            Give(isClean);
        }
    }

    /// <summary>Inside a write, after each command: gives way when somebody wants it. The task is over when the write may go on.</summary>
    public Task Yield(bool isClean)
    {
        lock (_gate)
        {
            if (_wanted is null || !isClean)
            {
                return Task.CompletedTask;
            }

            _isWriting = false;
            Give(true);
            return EnterAgainAsync(_released.Task);
        }
    }

    /// <summary>Waits for a clean place and keeps writers waiting from then on, until <see cref="Release"/>. Of several, one after the other.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first; nothing is held.</exception>
    public async Task HoldAsync(Func<bool> isClean, CancellationToken cancellationToken)
    {
        await _holders.WaitAsync(cancellationToken).ConfigureAwait(false);
        Task granted;
        lock (_gate)
        {
            _wanted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            granted = _wanted.Task;
            if (!_isWriting)
            {
                Give(isClean());
            }
        }

        try
        {
            await granted.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                _wanted = null;
            }

            Release();
            throw;
        }
    }

    /// <summary>Writers go on.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _isHeld = false;
            _released.TrySetResult();
        }

        _holders.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => _holders.Dispose();

    private void Give(bool isClean)
    {
        if (_wanted is not null && isClean)
        {
            _isHeld = true;
            _released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var granted = _wanted;
            _wanted = null;
            granted.SetResult();
        }
    }

    private async Task EnterAgainAsync(Task released)
    {
        await released.ConfigureAwait(false);
        while (!TryEnter(out var held))
        {
            await held.ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }
}
