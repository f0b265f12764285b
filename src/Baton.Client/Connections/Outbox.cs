namespace Baton.Client;

/// <summary>
/// Commands that are not sent yet, in order. Callers append; the connection it is attached to takes what is there, in one piece, whenever it
/// can send. With no connection attached (none there, or a handoff under way) they wait here, and nobody's code notices but the clock.
/// Thread-safe. Locks are taken in the order outbox, connection.
/// </summary>
internal sealed class Outbox(long maxBytes)
{
    private readonly Lock _gate = new();
    private readonly BatchQueue _batches = new();
    private RedisConnection? _connection;
    private RedisConnection? _flushing;
    private Func<CommandOutcome, Exception>? _closed;
    private long _bytes;

    /// <summary>Bytes that wait to be sent.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Commands that wait to be sent.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _batches.Count;
            }
        }
    }

    /// <summary>Takes a command with its bytes. One that cannot be taken ends at once, unsent.</summary>
    public void Append(PendingCommand command, ReadOnlySpan<byte> frame)
    {
        RedisConnection? flush;
        Exception? refusal;
        lock (_gate)
        {
            refusal = TryAppend_NeedsLock(command, frame);
            flush = ClaimFlush_NeedsLock();
        }

        if (refusal is not null)
        {
            Refuse(command, refusal);
        }

        flush?.RequestFlush();
    }

    /// <summary>The calling thread is about to block until a command of its own is answered.</summary>
    public void FlushBeforeBlocking()
    {
        RedisConnection? flushing;
        lock (_gate)
        {
            flushing = _flushing;
        }

        flushing?.FlushBeforeBlocking();
    }

    /// <summary>Takes commands that stand next to each other, with all their bytes.</summary>
    public void AppendAll(IReadOnlyList<(PendingCommand Command, int Length)> commands, ReadOnlySpan<byte> frames)
    {
        RedisConnection? flush;
        List<(PendingCommand, Exception)>? refused = null;
        lock (_gate)
        {
            foreach (var (command, length) in commands)
            {
                if (TryAppend_NeedsLock(command, frames[..length]) is { } refusal)
                {
                    (refused ??= []).Add((command, refusal));
                }

                frames = frames[length..];
            }

            flush = ClaimFlush_NeedsLock();
        }

        refused?.ForEach(static refusal => Refuse(refusal.Item1, refusal.Item2));
        flush?.RequestFlush();
    }

    /// <summary>Puts back what another connection could not finish, before everything else.</summary>
    public void Prepend(IReadOnlyList<UnansweredCommand> commands)
    {
        RedisConnection? flush;
        lock (_gate)
        {
            _batches.Prepend(commands.Where(TryReturn_NeedsLock));
            flush = ClaimFlush_NeedsLock();
        }

        flush?.RequestFlush();
    }

    /// <summary>Takes away everything that was not sent, in order.</summary>
    public List<UnansweredCommand> TakeUnsent()
    {
        var unsent = new List<UnansweredCommand>();
        lock (_gate)
        {
            while (_batches.Take() is { } batch)
            {
                for (var command = batch.First; command is not null;)
                {
                    var next = command.Next;
                    command.Next = null;
                    unsent.Add(new UnansweredCommand(command, batch.FrameOf(command).ToArray()));
                    command.Batch = null;
                    command = next;
                }

                batch.Return();
            }

            _bytes = 0;
        }

        return unsent;
    }

    /// <summary>From now on this connection sends what is here.</summary>
    public void Attach(RedisConnection connection)
    {
        RedisConnection? flush;
        lock (_gate)
        {
            // A connection that ends detaches itself: here it either sees the end, or is still to be detached.
            _connection = connection.State == ConnectionState.Closed ? null : connection;
            flush = ClaimFlush_NeedsLock();
        }

        flush?.RequestFlush();
    }

    /// <summary>
    /// From now on nobody sends; what the connection has taken by now counts among what it waits for. Nothing when another one is attached.
    /// </summary>
    public void Detach(RedisConnection connection)
    {
        lock (_gate)
        {
            if (_connection == connection)
            {
                _connection = null;
            }
        }
    }

    /// <summary>The next batch for the connection, which it waits for from now on. False when there is none: its right to flush is over.</summary>
    public bool TryTake(RedisConnection connection, out Batch batch)
    {
        lock (_gate)
        {
            while (_connection == connection && _batches.Take() is { } next)
            {
                _bytes -= next.End - next.Start;
                if (next.Withdrawn > 0)
                {
                    next.RemoveEnded();
                }

                if (next.First is not null)
                {
                    connection.Expect(next);
                    batch = next;
                    return true;
                }

                next.Return();
            }

            if (_flushing == connection)
            {
                _flushing = null;
            }

            batch = null!;
            return false;
        }
    }

    /// <summary>A caller's token: a command that was not sent is never sent.</summary>
    public void Cancel(PendingCommand command, int use, CancellationToken token)
    {
        lock (_gate)
        {
            if (command.TryClaim(use))
            {
                var isSent = command.IsAppended && !_batches.TryWithdraw(command);
                command.EndWith(new RedisCanceledException(isSent ? CommandOutcome.MayHaveRun : CommandOutcome.NotSent, token));
            }
        }
    }

    /// <summary>Ends commands that have waited here beyond their limits.</summary>
    public void Expire(in CommandLimits limits)
    {
        lock (_gate)
        {
            _batches.Expire(limits);
        }
    }

    /// <summary>Ends everything that waits, and everything that comes later.</summary>
    public void Close(Func<CommandOutcome, Exception> error)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                return;
            }

            _closed = error;
            _connection = null;
            while (_batches.Take() is { } batch)
            {
                for (var command = batch.First; command is not null;)
                {
                    var next = command.Next;
                    command.Next = null;
                    command.TryFail(error(CommandOutcome.NotSent));
                    command.Release();
                    command = next;
                }

                batch.Return();
            }

            _bytes = 0;
            _batches.LetGo();
        }
    }

    private static void Refuse(PendingCommand command, Exception refusal)
    {
        command.TryFail(refusal);
        command.Release();
    }

    /// <summary>Why it cannot be taken; null when it was.</summary>
    private Exception? TryAppend_NeedsLock(PendingCommand command, ReadOnlySpan<byte> frame)
    {
        command.IsAppended = true;
        if (command.IsEnded)
        {
            // Cancelled between the call and here.
            command.Release();
            return null;
        }

        if (_closed is not null)
        {
            return _closed(CommandOutcome.NotSent);
        }

        if (_bytes > 0 && _bytes + frame.Length > maxBytes)
        {
            return new RedisOverloadedException(maxBytes);
        }

        _batches.Append(command, frame);
        _bytes += frame.Length;
        return null;
    }

    /// <summary>False for a command that is not to be sent again: the client was disposed meanwhile, or the command cancelled.</summary>
    private bool TryReturn_NeedsLock(UnansweredCommand unanswered)
    {
        var command = unanswered.Command;
        if (_closed is not null)
        {
            command.TryFail(_closed(command.Repeats > 0 ? CommandOutcome.MayHaveRun : CommandOutcome.NotSent));
        }

        if (command.IsEnded)
        {
            command.Release();
            return false;
        }

        _bytes += unanswered.Frame.Length;
        return true;
    }

    private RedisConnection? ClaimFlush_NeedsLock()
    {
        if (_connection is null || _flushing == _connection || _batches.IsEmpty)
        {
            return null;
        }

        return _flushing = _connection;
    }
}
