using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Replies;

/// <summary>
/// Makes one reply of several, once all have come. <paramref name="parts"/> are in the order they were added and hold no errors.
/// </summary>
internal delegate void ReplyMerger(IReadOnlyList<MergePart> parts, OutputBuffer output);

/// <summary>The same, a slice of it each time the next one is asked for.</summary>
internal delegate IEnumerator<bool> SlicedMerger(IReadOnlyList<MergePart> parts, OutputBuffer output);

/// <summary>One command split into parts for several shards (MGET, DBSIZE ...): one place in the order, one merged reply.</summary>
internal sealed class MergeSlot : ReplySlot
{
    private readonly List<MergePart> _parts = [];
    private readonly ReplyMerger? _merger;
    private readonly SlicedMerger? _slicedMerger;
    private readonly Action<Action>? _post;
    private readonly bool _oneIsEnough;
    private IEnumerator<bool>? _slices;
    private OutputBuffer? _merged;
    private bool _isComplete;
    private int _open = 1;
    private long _receivedBytes;

    /// <param name="merger">Makes the reply.</param>
    /// <param name="oneIsEnough">Errors of shards count only when every shard answers with one; the merger sees the others' replies.</param>
    public MergeSlot(ReplyMerger merger, bool oneIsEnough = false) => (_merger, _oneIsEnough) = (merger, oneIsEnough);

    /// <param name="merger">Makes the reply, a slice per turn.</param>
    /// <param name="post">Runs an action in the next turn.</param>
    public MergeSlot(SlicedMerger merger, Action<Action> post) => (_slicedMerger, _post) = (merger, post);

    /// <inheritdoc/>
    public override bool IsComplete => _isComplete;

    /// <summary>One more upstream reply to wait for.</summary>
    /// <param name="shard">The uid of the shard it comes from, for errors; 0 when it does not matter.</param>
    public MergePart AddPart(int shard = 0)
    {
        MergePart part = new(this, shard);
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

        if (Queue is null)
        {
            Recycle();
        }
        else if (Muted || !TryBeginSlices())
        {
            Finish(Queue);
        }
        else
        {
            NextSlice();
        }
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

        _merged?.Release();
        Clear();
    }

    /// <summary>Writes the reply, or what there is to begin with when it is made in slices (then true).</summary>
    private bool TryBeginSlices()
    {
        List<MergePart> answered = _oneIsEnough ? _parts.FindAll(static part => !Frames.IsError(part.Reply.Front)) : _parts;
        if (PartialFailure.Describe(answered.Count > 0 ? answered : _parts, "the other shards carried it out") is { } error)
        {
            Waiting.Append(error);
            return false;
        }

        if (_slicedMerger is { } sliced)
        {
            // Not where it will stand: what stands there goes to the client when it is its turn, whole or not.
            _slices = sliced(answered, _merged = new OutputBuffer());
            return true;
        }

        try
        {
            _merger!(answered, Waiting);
        }
        catch (RespFormatException broken)
        {
            WriteBroken(broken);
        }

        return false;
    }

    private void NextSlice()
    {
        if (Queue is not { } queue)
        {
            Recycle();
            return;
        }

        try
        {
            if (_slices!.MoveNext())
            {
                _post!(NextSlice);
                return;
            }

            _merged!.MoveTo(Waiting);
        }
        catch (RespFormatException broken)
        {
            WriteBroken(broken);
        }

        Finish(queue);
    }

    private void Finish(ReplyQueue queue)
    {
        _isComplete = true;
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

    private void WriteBroken(RespFormatException broken)
    {
        Waiting.Release();
        RespWriter.WriteError(Waiting, $"ERR the shards' replies could not be merged: {broken.Message}");
    }
}

/// <summary>Collects the one reply of one part.</summary>
internal sealed class MergePart : ReplySink
{
    private readonly MergeSlot _slot;

    public MergePart(MergeSlot slot, int shard) => (_slot, Shard) = (slot, shard);

    /// <summary>The shard it comes from; 0 when nobody asks.</summary>
    public int Shard { get; }

    /// <inheritdoc/>
    public override ReplySlot? Slot => _slot;

    /// <summary>The whole reply, in one piece: for small ones.</summary>
    /// <exception cref="RespFormatException">It is larger than one piece of memory.</exception>
    public ReadOnlySpan<byte> Frame => Reply.Length <= Array.MaxLength
        ? Reply.Pending
        : throw new RespFormatException("one is larger than 2 GiB, which the proxy cannot change");

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
