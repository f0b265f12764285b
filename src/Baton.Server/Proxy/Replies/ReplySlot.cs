using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Replies;

/// <summary>
/// A place in a session's reply order. The slot at the head writes straight to the client; one behind it keeps its bytes until its
/// turn comes.
/// Pooled per loop; belongs to its loop's thread.
/// </summary>
internal abstract class ReplySlot : ReplySink
{
    private readonly OutputBuffer _waiting = new();
    private OutputBuffer? _latePushes;

    /// <inheritdoc/>
    public override ReplySlot? Slot => this;

    /// <summary>Goes up each time it is used again, so that who remembers it can tell.</summary>
    public long Life { get; private set; }

    /// <summary>The slot behind this one.</summary>
    public ReplySlot? Next { get; set; }

    /// <summary>The queue it stands in; null once the session has gone: then replies are swallowed.</summary>
    public ReplyQueue? Queue { get; set; }

    /// <summary>CLIENT REPLY OFF or SKIP: takes its replies and drops them.</summary>
    public bool Muted { get; set; }

    /// <summary>Bytes of the commands that wait in this slot, for <c>MaxPipelineBytes</c>.</summary>
    public int CommandBytes { get; set; }

    /// <summary>Replies that have not ended yet.</summary>
    public virtual int Owed => 1;

    /// <summary>Everything that belongs here has been written.</summary>
    public abstract bool IsComplete { get; }

    /// <summary>Bytes kept until the slot is the head.</summary>
    public long WaitingBytes => _waiting.Length;

    /// <summary>A push may follow what it has so far: it is not inside a reply, and its reply is not still to be made of parts.</summary>
    protected virtual bool TakesPush => IsComplete;

    /// <summary>A push its link sent behind the last reply: that is its place, whatever the slot still waits for.</summary>
    public void WritePush(ReadOnlySpan<byte> frame)
    {
        if (!TakesPush)
        {
            (_latePushes ??= new OutputBuffer()).Append(frame);
        }
        else if (Queue!.Head == this)
        {
            Queue.Output.Append(frame);
        }
        else
        {
            _waiting.Append(frame);
            Queue.NoteBuffered(frame.Length);
        }

        OnPushWritten();
    }

    /// <summary>Back to the pool of its kind.</summary>
    public abstract void Recycle();

    /// <summary>It is the head now: what it kept goes to the client.</summary>
    public void Flush(OutputBuffer output)
    {
        if (_waiting.Length > 0)
        {
            _waiting.MoveTo(output);
        }
    }

    /// <summary>Writes reply bytes to the client or, before its turn, to the slot.</summary>
    protected void Write(ReadOnlySpan<byte> bytes)
    {
        if (Queue is null || Muted)
        {
            return;
        }

        if (Queue.Head == this)
        {
            Queue.Output.Append(bytes);
        }
        else
        {
            _waiting.Append(bytes);
            Queue.NoteBuffered(bytes.Length);
        }
    }

    /// <summary>Where a reply made by the proxy itself goes.</summary>
    protected OutputBuffer Waiting => _waiting;

    /// <summary>Drops the last bytes it kept: the beginning of a reply that will not end.</summary>
    protected void Truncate(long length) => _waiting.Truncate(length);

    /// <summary>A push has been placed.</summary>
    protected virtual void OnPushWritten()
    {
    }

    /// <summary>The reply has been made: pushes that waited for it follow.</summary>
    protected void AppendLatePushes()
    {
        if (_latePushes is { Length: > 0 } late)
        {
            late.MoveTo(_waiting);
        }
    }

    /// <summary>Makes it as new.</summary>
    protected void Clear()
    {
        Life++;
        _waiting.Release();
        _latePushes?.Release();
        Next = null;
        Queue = null;
        Muted = false;
        CommandBytes = 0;
    }
}
