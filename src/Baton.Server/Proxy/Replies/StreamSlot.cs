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
    private int _wholeBytes;
    private bool _inside;

    public StreamSlot(Stack<StreamSlot> pool) => _pool = pool;

    /// <summary>Replies that have not ended yet.</summary>
    public int Remaining { get; private set; }

    /// <summary>Part of a reply has been written and the rest has not come.</summary>
    public bool InsideReply => _inside;

    /// <inheritdoc/>
    public override bool IsComplete => Remaining == 0;

    /// <inheritdoc/>
    protected override bool TakesPush => !_inside;

    /// <summary>One more reply will come.</summary>
    public void Expect(int commandBytes)
    {
        Remaining++;
        CommandBytes += commandBytes;
    }

    public override void OnReplies(ReadOnlySpan<byte> bytes, int frames, bool endsInside)
    {
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
        Remaining = _wholeBytes = 0;
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

    private void Finish(int frames)
    {
        int answeredBytes = frames == Remaining ? CommandBytes : (int)((long)CommandBytes * frames / Math.Max(1, Remaining));
        CommandBytes -= answeredBytes;
        Remaining -= frames;
        if (Queue is not null)
        {
            Queue.OnProgress(this, frames, answeredBytes);
        }
        else if (Remaining == 0)
        {
            Recycle();
        }
    }
}
