using System.Buffers;
using Baton.Protocol.Resp;

namespace Baton.Server.Proxy.Replies;

/// <summary>
/// Replies of one upstream link passed on as they come. Commands that follow each other on the same link share one slot and a count,
/// so that the
/// usual pipeline costs an increment and no object.
/// </summary>
internal sealed class StreamSlot : ReplySlot
{
    private readonly Stack<StreamSlot> _pool;
    private long _wholeBytes;
    private long _replyBytes;
    private bool _inside;
    private int _owed;

    public StreamSlot(Stack<StreamSlot> pool) => _pool = pool;

    /// <inheritdoc/>
    public override int Owed => _owed;

    /// <summary>Part of a reply has been written and the rest has not come.</summary>
    public bool InsideReply => _inside;

    /// <inheritdoc/>
    public override bool IsComplete => _owed == 0;

    /// <inheritdoc/>
    protected override bool TakesPush => !_inside;

    /// <summary>More replies will come.</summary>
    public void Expect(int commandBytes, int replies = 1)
    {
        _owed += replies;
        CommandBytes += commandBytes;
        Queue?.NoteSent(commandBytes, replies);
    }

    public override void OnReplies(ReadOnlySpan<byte> bytes, int frames, bool endsInside)
    {
        NoteSize(bytes.Length, frames);
        Write(bytes);
        _inside = endsInside;
        if (!endsInside)
        {
            _wholeBytes = WaitingBytes;
        }
        else if (frames > 0 && WaitingBytes > 0)
        {
            // Only the last frame is unfinished; it is dropped if the link dies, so remember where the whole ones end.
            _wholeBytes = WaitingBytes - UnfinishedLength(bytes, frames);
        }

        Finish(frames);
    }

    public override void OnLost(int count, string error)
    {
        ReplyQueue? queue = Queue;
        if (_inside && queue is not null && queue.Head == this && !Muted)
        {
            // Part of this reply is on its way: nothing that could follow would be understood.
            queue.Owner.OnReplyBroken();
        }
        else if (_inside && queue is not null && !Muted)
        {
            Truncate(Math.Max(0, _wholeBytes));
        }

        _inside = false;
        ArrayBufferWriter<byte> text = new();
        for (int i = 0; i < count; i++)
        {
            RespWriter.WriteError(text, error);
        }

        Write(text.WrittenSpan);
        Finish(count);
    }

    public override void Recycle()
    {
        Clear();
        _owed = 0;
        _wholeBytes = _replyBytes = 0;
        _inside = false;
        _pool.Push(this);
    }

    protected override void OnPushWritten() => _wholeBytes = WaitingBytes;

    private static int UnfinishedLength(ReadOnlySpan<byte> bytes, int frames)
    {
        ReplyScanner scanner = new();
        while (frames-- > 0 && scanner.Scan(bytes, out int consumed) == ScanStatus.Complete)
        {
            bytes = bytes[consumed..];
        }

        return bytes.Length;
    }

    /// <summary>Replies that end in one piece are taken for equally large, but the first has at least what had come of it before.</summary>
    private void NoteSize(int bytes, int frames)
    {
        long before = _replyBytes;
        _replyBytes = frames == 0 ? before + bytes : 0;
        Queue?.NoteReplies(frames == 0 ? _replyBytes : Math.Max(before, (before + bytes) / frames), frames);
    }

    private void Finish(int frames)
    {
        int answeredBytes = frames == _owed ? CommandBytes : (int)((long)CommandBytes * frames / Math.Max(1, _owed));
        CommandBytes -= answeredBytes;
        _owed -= frames;
        if (Queue is not null)
        {
            Queue.OnProgress(this, frames, answeredBytes);
        }
        else if (_owed == 0)
        {
            Recycle();
        }
    }
}
