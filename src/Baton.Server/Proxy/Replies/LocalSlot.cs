using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Replies;

/// <summary>A reply the proxy makes itself: at once, or later when it must ask other loops or engines first.</summary>
internal sealed class LocalSlot : ReplySlot
{
    private bool _complete;

    /// <inheritdoc/>
    public override bool IsComplete => _complete;

    /// <summary>Write the reply here, then call <see cref="Complete"/>.</summary>
    public OutputBuffer Reply => Waiting;

    /// <summary>The reply is written. The slot must not be touched afterwards.</summary>
    public void Complete()
    {
        _complete = true;
        if (Queue is not { } queue)
        {
            Recycle();
            return;
        }

        if (Muted)
        {
            Waiting.Release();
        }

        AppendLatePushes();
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
        throw new System.Diagnostics.UnreachableException("A local reply has no upstream.");

    public override void OnLost(int count, string error) =>
        throw new System.Diagnostics.UnreachableException("A local reply has no upstream.");

    public override void Recycle() => Clear();
}
