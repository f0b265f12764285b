namespace Baton.Client;

/// <summary>Batches in order, of which the last may still be open for more commands. Not thread-safe: the outbox's lock guards it.</summary>
internal sealed class BatchQueue
{
    private Chunk? _chunk;
    private Batch? _open;
    private Batch? _first;
    private Batch? _last;

    /// <summary>True when there is no batch.</summary>
    public bool IsEmpty => _first is null && _open is null;

    /// <summary>Commands in all batches.</summary>
    public int Count
    {
        get
        {
            var count = _open?.Count ?? 0;
            for (var batch = _first; batch is not null; batch = batch.Next)
            {
                count += batch.Count;
            }

            return count;
        }
    }

    /// <summary>Appends a command with its bytes.</summary>
    public void Append(PendingCommand command, ReadOnlySpan<byte> frame) => OpenBatch(frame.Length).Append(command, frame);

    /// <summary>Appends commands before all that are there.</summary>
    public void Prepend(IEnumerable<UnansweredCommand> commands)
    {
        Seal();
        var (first, last) = (_first, _last);
        _first = _last = null;
        foreach (var (command, frame) in commands)
        {
            Append(command, frame);
        }

        Seal();
        if (_last is null)
        {
            (_first, _last) = (first, last);
        }
        else if (first is not null)
        {
            _last.Next = first;
            _last = last;
        }
    }

    /// <summary>Takes the first batch; null when there is none.</summary>
    public Batch? Take()
    {
        if (_first is null)
        {
            Seal();
        }

        if (_first is not { } batch)
        {
            return null;
        }

        _first = batch.Next;
        if (_first is null)
        {
            _last = null;
        }

        batch.Next = null;
        return batch;
    }

    /// <summary>Ends the commands that have waited beyond their limits.</summary>
    public void Expire(in CommandLimits limits)
    {
        for (var batch = _first; batch is not null; batch = batch.Next)
        {
            batch.Expire(limits);
        }

        _open?.Expire(limits);
    }

    /// <summary>Marks a command that has ended, so that it is not sent. False when it is in none of the batches.</summary>
    public bool TryWithdraw(PendingCommand command)
    {
        for (var batch = _first; batch is not null; batch = batch.Next)
        {
            if (batch.TryWithdraw(command))
            {
                return true;
            }
        }

        return _open?.TryWithdraw(command) == true;
    }

    /// <summary>Nothing is appended any more.</summary>
    public void LetGo()
    {
        _chunk?.RemoveUser();
        _chunk = null;
    }

    /// <summary>The batch that takes a command of this length.</summary>
    private Batch OpenBatch(int length)
    {
        if (_chunk is not null && _open is null && _chunk.IsAllAnswered)
        {
            _chunk.Written = 0;
        }

        if (_chunk is null || _chunk.Bytes.Length - _chunk.Written < length)
        {
            Seal();
            _chunk?.RemoveUser();
            _chunk = Chunk.Rent(length);
        }

        return _open ??= Batch.Open(_chunk);
    }

    private void Seal()
    {
        if (_open is null)
        {
            return;
        }

        if (_last is null)
        {
            _first = _open;
        }
        else
        {
            _last.Next = _open;
        }

        _last = _open;
        _open = null;
    }
}
