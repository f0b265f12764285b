namespace Baton.Client;

/// <summary>Neighbouring commands in one chunk that are sent with one call and wait for their replies together.</summary>
internal sealed class Batch
{
    /// <summary>Where its bytes are.</summary>
    public Chunk Chunk { get; private set; } = null!;

    /// <summary>Where they begin.</summary>
    public int Start { get; private set; }

    /// <summary>Where they end.</summary>
    public int End { get; private set; }

    /// <summary>The first command, in order; null when all were withdrawn.</summary>
    public PendingCommand? First { get; private set; }

    /// <summary>The next batch of the same queue.</summary>
    public Batch? Next { get; set; }

    /// <summary>True from just before the bytes are given to the network: from then on the server may run the commands.</summary>
    public bool IsSent { get; set; }

    /// <summary>Commands that ended before they were sent: their bytes are taken out.</summary>
    public int Withdrawn { get; set; }

    /// <summary>Commands in it.</summary>
    public int Count { get; private set; }

    private PendingCommand? Last { get; set; }

    /// <summary>The bytes to send.</summary>
    public ReadOnlyMemory<byte> Bytes => Chunk.Bytes.AsMemory(Start, End - Start);

    /// <summary>An empty batch at the chunk's end.</summary>
    public static Batch Open(Chunk chunk)
    {
        var batch = ReuseBin<Batch>.TryTake() ?? new Batch();
        batch.Chunk = chunk;
        batch.Start = batch.End = chunk.Written;
        chunk.AddUser();
        return batch;
    }

    /// <summary>Appends a command; the chunk has room.</summary>
    public void Append(PendingCommand command, ReadOnlySpan<byte> frame)
    {
        frame.CopyTo(Chunk.Bytes.AsSpan(End));
        command.Batch = this;
        command.Offset = End;
        command.Length = frame.Length;
        End += frame.Length;
        Chunk.Written = End;
        if (Last is null)
        {
            First = command;
        }
        else
        {
            Last.Next = command;
        }

        Last = command;
        Count++;
    }

    /// <summary>The bytes of one of its commands.</summary>
    public ReadOnlySpan<byte> FrameOf(PendingCommand command) => Chunk.Bytes.AsSpan(command.Offset, command.Length);

    /// <summary>Marks a command that has ended, if it is in this batch.</summary>
    public bool TryWithdraw(PendingCommand ended)
    {
        // A command points to its batch, and may point to one that serves others by now.
        if (ended.Batch != this)
        {
            return false;
        }

        for (var command = First; command is not null; command = command.Next)
        {
            if (command == ended)
            {
                Withdrawn++;
                return true;
            }
        }

        return false;
    }

    /// <summary>Ends the commands that have waited beyond their limits.</summary>
    public void Expire(in CommandLimits limits)
    {
        for (var command = First; command is not null; command = command.Next)
        {
            if (limits.IsOver(command) && command.TryClaim())
            {
                Withdrawn++;
                command.EndWith(limits.Describe(command, CommandOutcome.NotSent));
            }
        }
    }

    /// <summary>Takes out the bytes of commands that have ended, so that they are never sent.</summary>
    public void RemoveEnded()
    {
        PendingCommand? kept = null;
        var end = Start;
        for (var command = First; command is not null;)
        {
            var next = command.Next;
            command.Next = null;
            if (command.IsEnded)
            {
                Count--;
                command.Release();
            }
            else
            {
                Chunk.Bytes.AsSpan(command.Offset, command.Length).CopyTo(Chunk.Bytes.AsSpan(end));
                command.Offset = end;
                end += command.Length;
                First = kept is null ? command : First;
                if (kept is not null)
                {
                    kept.Next = command;
                }

                kept = command;
            }

            command = next;
        }

        First = kept is null ? null : First;
        Last = kept;
        End = end;
        Withdrawn = 0;
    }

    /// <summary>Nothing of it is needed any more.</summary>
    public void Return()
    {
        Chunk.RemoveUser();
        Chunk = null!;
        First = Last = null;
        Next = null;
        IsSent = false;
        Withdrawn = 0;
        Count = 0;
        ReuseBin<Batch>.Return(this);
    }
}
