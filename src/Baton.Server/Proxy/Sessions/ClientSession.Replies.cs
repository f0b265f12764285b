using System.Buffers;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;

namespace Baton.Server.Proxy.Sessions;

/// <content>Writing to the client: replies of the proxy's own, pushes between replies, and what happens when the client does not read.</content>
internal sealed partial class ClientSession
{
    /// <summary>Pause between two looks at a client that does not read.</summary>
    private const int OutputRecheckMs = 20;

    private OutputBuffer? _heldPushes;
    private IDisposable? _outputTimer;
    private long _outputSeen;
    private long _outputTakenMs;

    private long _overSoftLimitSinceMs = -1;

    /// <summary>Bytes made for the client and not sent.</summary>
    public long OutputBytes => Replies.Output.Length + Replies.BufferedBytes + (_heldPushes?.Length ?? 0);

    /// <summary>Replies are switched off for the command at hand.</summary>
    public bool IsMuted => State.ReplyMode is ReplyMode.Off or ReplyMode.Skipping;

    /// <summary>A reply the proxy gives at once.</summary>
    public CommandOutcome Reply(Action<OutputBuffer> write)
    {
        LocalSlot slot = BeginReply();
        write(slot.Reply);
        slot.Complete();
        return CommandOutcome.Done;
    }

    /// <summary>What is answered from here on goes into another queue (EXEC gathers its answers so); returns the one it went into.</summary>
    public ReplyQueue AnswerInto(ReplyQueue queue)
    {
        ReplyQueue before = Replies;
        Replies = queue;
        return before;
    }

    /// <summary>A reply that will be given later; until then later ones wait behind it.</summary>
    public LocalSlot BeginReply()
    {
        LocalSlot slot = new() { Muted = IsMuted };
        Replies.Enqueue(slot);
        return slot;
    }

    /// <summary><c>+text</c></summary>
    public CommandOutcome Simple(string text)
    {
        if (Replies.IsEmpty && !IsMuted && Replies.Owner == this)
        {
            RespWriter.WriteSimple(Replies.Output, text);
            OnReplyProgress(1);
            return CommandOutcome.Done;
        }

        return Reply(output => RespWriter.WriteSimple(output, text));
    }

    /// <summary><c>+OK</c></summary>
    public CommandOutcome Ok() => Simple("OK");

    /// <summary><c>-text</c>, the text beginning with its code. Taints an open transaction.</summary>
    public CommandOutcome Error(string text) => Reply(output => RespWriter.WriteError(output, text));

    /// <summary><c>:n</c></summary>
    public CommandOutcome Integer(long value) => Reply(output => RespWriter.WriteInteger(output, value));

    /// <summary>A bulk string.</summary>
    public CommandOutcome Bulk(ReadOnlySpan<byte> value)
    {
        LocalSlot slot = BeginReply();
        RespWriter.WriteBulk(slot.Reply, value);
        slot.Complete();
        return CommandOutcome.Done;
    }

    /// <summary>A bulk string of text.</summary>
    public CommandOutcome Bulk(string value) => Bulk(System.Text.Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a push between replies, never inside one.</summary>
    public void Push(ReadOnlySpan<byte> frame)
    {
        if (_ended)
        {
            return;
        }

        if (Replies.InsideReply || _holdPushes)
        {
            (_heldPushes ??= new OutputBuffer()).Append(frame);
        }
        else
        {
            Replies.Output.Append(frame);
        }

        CheckOutputLimit();
    }

    /// <summary>Writes a push that a link of the session's own sent behind its last reply: never before that.</summary>
    public void PushBehind(ReplyPlace last, ReadOnlySpan<byte> frame)
    {
        if (!_ended && last.In(Replies) is { } slot)
        {
            slot.WritePush(frame);
            CheckOutputLimit();
        }
        else
        {
            Push(frame);
        }
    }

    /// <inheritdoc/>
    public void OnReplyProgress(int replies)
    {
        Loop.Commands += replies;
        FlushPushes();
        CheckOutputLimit();
        if (_ended)
        {
            return;
        }

        if ((_wait & SessionWait.Pipeline) != 0 && IsPipelineBelow(2))
        {
            Resume(SessionWait.Pipeline);
        }

        if (Replies.IsEmpty && (_wait & (SessionWait.Barrier | SessionWait.Ending)) != 0)
        {
            OnAllAnswered();
        }

        CheckInputEnded();
    }

    /// <inheritdoc/>
    public void OnReplyBroken() => Close(CloseReason.UpstreamLost);

    void IConnectionHandler.OnOutputDrained() => RecheckOutput();

    private void OnAllAnswered()
    {
        if ((_wait & SessionWait.Ending) != 0)
        {
            FinishEnding();
        }
        else
        {
            ReleaseEndedWatch();
            Resume(SessionWait.Barrier);
        }
    }

    private void FlushPushes()
    {
        if (_heldPushes is { Length: > 0 } held && !Replies.InsideReply && !_holdPushes)
        {
            held.MoveTo(Replies.Output);
        }
    }

    /// <summary>What is asked for and not answered is below its limits, or a <paramref name="part"/> of them.</summary>
    private bool IsPipelineBelow(int part) => IsPipelineBelow(part, 0, 0);

    /// <summary>The same with commands that are about to be sent.</summary>
    private bool IsPipelineBelow(int part, int commands, int bytes)
    {
        ProxyLimits limits = Database.Route.Limits;
        int unanswered = Replies.Unanswered + commands;
        return unanswered == 0
            || (unanswered < limits.MaxPipelineReplies / part
                && Replies.Places <= limits.MaxPipelineReplies
                && Replies.CommandBytes + bytes < limits.MaxPipelineBytes / part
                && Replies.ExpectedOf(unanswered) < limits.OutputHighWatermark / part);
    }

    /// <summary>Before each command: may it be taken?</summary>
    private void NoteLoad()
    {
        ProxyLimits limits = Database.Route.Limits;
        if (!IsPipelineBelow(1))
        {
            _wait |= SessionWait.Pipeline;
        }

        if (OutputBytes > OutputWatermark(limits))
        {
            _wait |= SessionWait.Output;
            _outputTimer ??= Loop.Io.At(Loop.Io.NowMs + OutputRecheckMs, OnOutputTimer);
        }
    }

    /// <summary>
    /// While the client does not read, either its commands wait or their replies: whichever is smaller, as long as there is memory.
    /// </summary>
    private long OutputWatermark(ProxyLimits limits) =>
        Replies.AreRepliesSmaller && !Loop.Plane.Buffers.IsTight ? limits.MaxInputBytes : limits.OutputHighWatermark;

    private void OnOutputTimer()
    {
        _outputTimer = null;
        NoteOutputTaken();
        RecheckOutput();
        if ((_wait & SessionWait.Output) != 0 && !_ended)
        {
            _outputTimer = Loop.Io.At(Loop.Io.NowMs + OutputRecheckMs, OnOutputTimer);
        }
    }

    private void NoteOutputTaken()
    {
        if (Replies.Output.Length != _outputSeen || !_inputEnded)
        {
            (_outputSeen, _outputTakenMs) = (Replies.Output.Length, Loop.Io.NowMs);
        }
        else if (Loop.Io.NowMs - _outputTakenMs >= HalfClosedLimitMs)
        {
            Close(CloseReason.ClosedByPeer);
        }
    }

    private void RecheckOutput()
    {
        if ((_wait & SessionWait.Output) != 0 && !_ended && OutputBytes <= OutputWatermark(Database.Route.Limits) / 2)
        {
            Resume(SessionWait.Output);
        }
    }

    private void CheckOutputLimit()
    {
        if (_ended)
        {
            return;
        }

        ProxyLimits limits = Database.Route.Limits;
        long held = OutputBytes;
        if ((IsSubscriber ? limits.SubscriberOutput : limits.Output).IsPassed(held, Loop.Io.NowMs, ref _overSoftLimitSinceMs))
        {
            Close(CloseReason.SlowReader);
        }
        else if (held > OutputBuffer.BlockBytes)
        {
            Loop.Plane.Buffers.Check(Loop);
        }
    }
}
