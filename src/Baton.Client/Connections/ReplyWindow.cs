using System.Diagnostics;

namespace Baton.Client;

/// <summary>What a connection waits for: batches in the order they were sent, and in them commands in order. Thread-safe.</summary>
internal sealed class ReplyWindow
{
    private readonly Lock _gate = new();
    private Batch? _first;
    private Batch? _last;

    /// <summary>The next command to be answered.</summary>
    private PendingCommand? _next;
    private int _count;
    private bool _isClosed;
    private TaskCompletionSource? _drained;

    /// <summary>Commands that wait for an answer.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a batch.</summary>
    /// <exception cref="UnreachableException">The window was closed: whoever closes it has detached the outbox before.</exception>
    public void Add(Batch batch)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                throw new UnreachableException("A batch was given to a connection that has ended.");
            }

            if (_last is null)
            {
                _first = batch;
                _next = batch.First;
            }
            else
            {
                _last.Next = batch;
            }

            _last = batch;
            _count += batch.Count;
        }
    }

    /// <summary>Not one byte of the batch that was added last has left.</summary>
    public void TakeBackLast()
    {
        lock (_gate)
        {
            _last?.IsSent = false;
        }
    }

    /// <summary>The command the next reply belongs to, which stays.</summary>
    public PendingCommand? Peek()
    {
        lock (_gate)
        {
            return _next;
        }
    }

    /// <summary>The command has its last reply. False when it is not there any more: the window was closed meanwhile.</summary>
    public bool TryRemove(PendingCommand command)
    {
        TaskCompletionSource? drained = null;
        lock (_gate)
        {
            if (_next != command)
            {
                return false;
            }

            RemoveFirst_NeedsLock(isReusable: true);
            if (_next is null)
            {
                (drained, _drained) = (_drained, null);
            }
        }

        drained?.SetResult();
        command.Release();
        return true;
    }

    /// <summary>Completes when nothing is awaited any more, which is at once when it is so now.</summary>
    public Task DrainedAsync()
    {
        lock (_gate)
        {
            if (_next is null)
            {
                return Task.CompletedTask;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>Ends the waits that are over, and says for how long the first command still in the window has waited; -1 when there is none.</summary>
    public long Expire(in CommandLimits limits)
    {
        lock (_gate)
        {
            var oldest = _next is null ? -1 : limits.NowMs - _next.StartedMs;
            for (var command = _next; command is not null; command = After(command))
            {
                // A command that has ended keeps its place until its reply comes, for replies are matched by order.
                if (limits.IsOver(command) && command.TryClaim())
                {
                    command.EndWith(limits.Describe(command, CommandOutcome.MayHaveRun));
                }
            }

            return oldest;
        }
    }

    /// <summary>Closes the window and gives what was not answered, in order. A second call gives nothing.</summary>
    public List<(UnansweredCommand Command, bool WasSent)> Close()
    {
        var left = new List<(UnansweredCommand, bool)>();
        TaskCompletionSource? drained;
        lock (_gate)
        {
            _isClosed = true;
            if (_next is not null)
            {
                // The reader may stand between peeking at it and answering it, while it ends here and would serve another caller.
                _next.IsSpent = true;
            }

            while (_next is { } command)
            {
                var batch = _first!;
                left.Add((new UnansweredCommand(command, batch.FrameOf(command).ToArray()), batch.IsSent));

                // The network may still be reading the bytes: they are not used again.
                RemoveFirst_NeedsLock(isReusable: false);
            }

            (drained, _drained) = (_drained, null);
        }

        drained?.SetResult();
        return left;
    }

    private static PendingCommand? After(PendingCommand command) => command.Next ?? command.Batch!.Next?.First;

    private void RemoveFirst_NeedsLock(bool isReusable)
    {
        var command = _next!;
        var batch = _first!;
        _next = command.Next;
        command.Next = null;
        _count--;
        if (_next is null)
        {
            _first = batch.Next;
            _next = _first?.First;
            if (_first is null)
            {
                _last = null;
            }

            if (isReusable)
            {
                batch.Return();
            }
        }

        command.Batch = null;
    }
}
