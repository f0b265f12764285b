using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Replies;

/// <summary>
/// Makes one reply of several, once all have come. <paramref name="parts"/> are in the order they were added and hold no errors.
/// </summary>
internal delegate void ReplyMerger(IReadOnlyList<MergePart> parts, OutputBuffer output);

/// <summary>One command split into parts for several shards (MGET, DBSIZE ...): one place in the order, one merged reply.</summary>
internal sealed class MergeSlot : ReplySlot
{
    private readonly List<MergePart> _parts = [];
    private readonly ReplyMerger _merger;
    private int _open = 1;
    private long _receivedBytes;

    public MergeSlot(ReplyMerger merger) => _merger = merger;

    /// <inheritdoc/>
    public override bool IsComplete => _open == 0;

    /// <summary>One more upstream reply to wait for.</summary>
    public MergePart AddPart()
    {
        MergePart part = new(this);
        _parts.Add(part);
        _open++;
        return part;
    }

    /// <summary>All parts have been added and sent.</summary>
    public void Seal() => OnPartComplete();

    /// <summary>A part has got so much more.</summary>
    public void OnPartBytes(int count)
    {
        _receivedBytes += count;
        Queue?.NoteReplies(_receivedBytes, 0);
    }

    /// <summary>A part has its whole reply.</summary>
    public void OnPartComplete()
    {
        if (--_open > 0)
        {
            return;
        }

        if (Queue is not { } queue)
        {
            Recycle();
            return;
        }

        if (!Muted)
        {
            WriteMerged(Waiting);
        }

        AppendLatePushes();
        queue.NoteReplies(_receivedBytes, 1);
        if (queue.Head == this)
        {
            Flush(queue.Output);
        }
        else
        {
            queue.NoteBuffered(WaitingBytes);
        }

        queue.OnProgress(this, 1, CommandBytes);
    }

    public override void OnReplies(ReadOnlySpan<byte> bytes, int frames, bool endsInside) =>
        throw new System.Diagnostics.UnreachableException("The parts take the replies.");

    public override void OnLost(int count, string error) =>
        throw new System.Diagnostics.UnreachableException("The parts take the losses.");

    public override void Recycle()
    {
        foreach (MergePart part in _parts)
        {
            part.Reply.Release();
        }

        Clear();
    }

    private void WriteMerged(OutputBuffer output)
    {
        foreach (MergePart part in _parts)
        {
            if (Frames.IsError(part.Reply.Front))
            {
                part.Reply.MoveTo(output);
                return;
            }
        }

        try
        {
            _merger(_parts, output);
        }
        catch (RespFormatException broken)
        {
            output.Release();
            RespWriter.WriteError(output, $"ERR a shard's reply could not be merged: {broken.Message}");
        }
    }
}

/// <summary>Collects the one reply of one part.</summary>
internal sealed class MergePart : ReplySink
{
    private readonly MergeSlot _slot;
    public MergePart(MergeSlot slot) => _slot = slot;

    /// <inheritdoc/>
    public override ReplySlot? Slot => _slot;

    /// <summary>The whole reply, in one piece: for small ones.</summary>
    public ReadOnlySpan<byte> Frame => Reply.Pending;

    /// <summary>The whole reply; a merger may take it.</summary>
    public OutputBuffer Reply { get; } = new();

    public override void OnReplies(ReadOnlySpan<byte> bytes, int frames, bool endsInside)
    {
        Reply.Append(bytes);
        _slot.OnPartBytes(bytes.Length);
        if (frames > 0)
        {
            _slot.OnPartComplete();
        }
    }

    public override void OnLost(int count, string error)
    {
        Reply.Release();
        RespWriter.WriteError(Reply, error);
        _slot.OnPartComplete();
    }
}
