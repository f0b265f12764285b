using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Replies;

/// <summary>What a reply queue tells the session it belongs to.</summary>
internal interface IReplyQueueOwner
{
    /// <summary>Replies have been completed (or none, when only the head changed).</summary>
    void OnReplyProgress(int replies);

    /// <summary>The upstream died in the middle of a reply of which the client has a part: the connection cannot go on.</summary>
    void OnReplyBroken();
}

/// <summary>
/// The order of one session's replies: first asked, first answered, wherever the answers come from.
/// <code>
/// head                                   tail
/// [stream A x12] -> [merge MGET] -> [local PONG] -> [stream B x1]
///  writes to the client   keep their bytes until they are the head
/// </code>
/// Belongs to its loop's thread.
/// </summary>
internal sealed class ReplyQueue
{
    /// <summary>Before the first reply nothing is known: it is taken for so large.</summary>
    private const long UnknownReplySize = 1024 * 1024;

    private long _replySize = UnknownReplySize;
    private int _commandSize;

    public ReplyQueue(IReplyQueueOwner owner, OutputBuffer output) => (Owner, Output) = (owner, output);

    /// <summary>Whose queue it is.</summary>
    public IReplyQueueOwner Owner { get; }

    /// <summary>The client's output.</summary>
    public OutputBuffer Output { get; }

    /// <summary>The slot that may write, null when nothing is outstanding.</summary>
    public ReplySlot? Head { get; private set; }

    /// <summary>The last slot.</summary>
    public ReplySlot? Tail { get; private set; }

    /// <summary>Nothing is outstanding.</summary>
    public bool IsEmpty => Head is null;

    /// <summary>Bytes of commands sent and not answered.</summary>
    public long CommandBytes { get; private set; }

    /// <summary>Commands that have a place and no whole reply yet.</summary>
    public int Unanswered { get; private set; }

    /// <summary>Slots in the queue.</summary>
    public int Places { get; private set; }

    /// <summary>What is asked for is larger than what comes back: keeping the replies takes less memory than keeping the commands.</summary>
    public bool AreRepliesSmaller => _replySize < _commandSize;

    /// <summary>Its last replies were so large that the next ones may be, too.</summary>
    public bool AreRepliesLarge => _replySize > UnknownReplySize;

    /// <summary>Bytes so many replies will probably have.</summary>
    public long ExpectedOf(int replies) => replies * _replySize;

    /// <summary>Reply bytes kept in slots that wait for their turn.</summary>
    public long BufferedBytes { get; private set; }

    /// <summary>A reply has been written in part: pushes must wait.</summary>
    public bool InsideReply => Head is StreamSlot { InsideReply: true, Muted: false };

    /// <summary>Appends a slot.</summary>
    public void Enqueue(ReplySlot slot)
    {
        slot.Queue = this;
        Unanswered += slot.Owed;
        Places++;
        if (Tail is null)
        {
            Head = Tail = slot;
        }
        else
        {
            Tail.Next = slot;
            Tail = slot;
        }
    }

    /// <summary>The bytes of commands are on their way.</summary>
    public void NoteSent(int commandBytes, int replies)
    {
        Unanswered += replies;
        CommandBytes += commandBytes;
        _commandSize = commandBytes / replies;
    }

    /// <summary>
    /// Replies of this size have come; with no <paramref name="frames"/> one is still coming. A larger one counts at once, and each smaller one
    /// takes a quarter away.
    /// </summary>
    public void NoteReplies(long size, int frames)
    {
        for (int i = 0; i < frames && _replySize > size; i++)
        {
            _replySize -= (_replySize + 3) / 4;
        }

        _replySize = Math.Max(size, _replySize);
    }

    /// <summary>A slot keeps bytes.</summary>
    public void NoteBuffered(long bytes) => BufferedBytes += bytes;

    /// <summary>A slot got replies; completed heads leave and the next one writes.</summary>
    public void OnProgress(ReplySlot slot, int replies, int commandBytes)
    {
        CommandBytes -= commandBytes;
        Unanswered -= replies;
        if (slot == Head)
        {
            while (Head is { IsComplete: true } done)
            {
                Head = done.Next;
                Places--;
                done.Recycle();
                FlushHead();
            }

            if (Head is null)
            {
                Tail = null;
            }
        }

        Owner.OnReplyProgress(replies);
    }

    /// <summary>The session has gone: what is still to come is swallowed by the slots.</summary>
    public void Abandon()
    {
        ReplySlot? slot = Head;
        Head = Tail = null;
        Places = 0;
        while (slot is not null)
        {
            ReplySlot? next = slot.Next;
            slot.Next = null;
            slot.Queue = null;
            if (slot.IsComplete)
            {
                slot.Recycle();
            }

            slot = next;
        }
    }

    private void FlushHead()
    {
        if (Head is { } head)
        {
            BufferedBytes -= head.WaitingBytes;
            head.Flush(Output);
        }
    }
}
