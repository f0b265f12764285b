using System.Diagnostics;
using System.Globalization;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// EXEC of a transaction with commands about the session, or with scans, whose cursors are put right on both ways. The engine's run there
/// in one piece; when it has run them, those of the proxy are carried out
/// in their order and the answers put in their places. The connection to the engine is shared, so SELECT is undone at the end:
/// <code>
/// client    MULTI  SET a 1  CLIENT SETNAME joe  SELECT 2  SET b 1            EXEC  ->  4 answers
/// engine    MULTI  SET a 1                      SELECT 2  SET b 1  SELECT 0  EXEC  ->  4 answers, the last is dropped
/// </code>
/// If the engine did not run them (null, an error), nothing of the session changes either. Belongs to its loop's thread.
/// </summary>
internal sealed class SessionExec : IReplyQueueOwner
{
    private readonly ClientSession _session;
    private readonly LocalSlot _slot;
    private readonly OutputBuffer _answers = new(static _ => { });
    private readonly ReplyQueue _inner;
    private readonly IReadOnlyList<(int Place, byte[] Command)> _forSession;
    private readonly IReadOnlyList<(int Place, int Database)> _selects;
    private readonly IReadOnlyDictionary<int, ScanStep> _scans;
    private readonly int _count;
    private bool _allQueued;

    private SessionExec(ClientSession session, Transaction transaction)
    {
        (_session, _slot) = (session, session.BeginReply());
        (_forSession, _selects, _scans, _count) = (transaction.ForSession, transaction.Selects, transaction.Scans, transaction.Count);
        _inner = new ReplyQueue(this, _answers);
    }

    /// <summary>Sends what the engine has to do; the session goes on when all is done.</summary>
    public static void Start(ClientSession session, LoopShard shard, Transaction transaction)
    {
        SessionExec exec = new(session, transaction);
        session.WaitFor(SessionWait.Barrier);
        if (transaction.Count == 0 && session.Watch is null)
        {
            exec.Answer("*0\r\n"u8);
            return;
        }

        OutputBuffer commands = new(static _ => { });
        transaction.WriteCommands(shard, commands);
        if (exec._selects.Count > 0)
        {
            RespWriter.WriteCommand(commands, "SELECT", session.State.Database.ToString(CultureInfo.InvariantCulture));
        }

        IUpstream upstream = session.BeginSend(shard);
        upstream.Send(commands, DiscardSink.Instance, exec._count + 1 + Math.Min(1, exec._selects.Count));
        upstream.Send("*1\r\n$4\r\nEXEC\r\n"u8, new FrameSink(exec.OnExecuted, exec._slot));
        if (session.Watch is { } watch)
        {
            watch.IsEnding = true;
        }
    }

    void IReplyQueueOwner.OnReplyProgress(int replies) => FinishWhenAnswered();

    void IReplyQueueOwner.OnReplyBroken() => throw new UnreachableException("No reply of it is streamed.");

    private void OnExecuted(ReadOnlySpan<byte> frame, bool lost)
    {
        if (lost || Frames.IsError(frame) || Frames.IsNull(frame))
        {
            _slot.Reply.Append(frame);
            _slot.Complete();
        }
        else
        {
            Answer(frame);
        }
    }

    private void Answer(ReadOnlySpan<byte> executed)
    {
        _ = Frames.TryHeader(executed, out _, out int offset);
        ReplyQueue outer = _session.AnswerInto(_inner);
        int next = 0;
        for (int place = 0; place <= _count; place++)
        {
            while (next < _forSession.Count && _forSession[next].Place == place)
            {
                CarryOut(_forSession[next++].Command);
            }

            if (place < _count)
            {
                int length = Frames.LengthOf(executed[offset..]);
                Pass(place, executed.Slice(offset, length));
                offset += length;
            }
        }

        _session.AnswerInto(outer);
        _allQueued = true;
        FinishWhenAnswered();
    }

    private void CarryOut(byte[] bytes)
    {
        RequestScanner scanner = new();
        scanner.Scan(bytes);
        CommandEntry entry = CommandCatalog.Find(scanner.Argument(bytes, 0), scanner.ArgumentCount > 1 ? scanner.Argument(bytes, 1) : default)!;
        if (entry.Handler(_session, new CommandFrame(scanner, bytes, entry)) == CommandOutcome.Wait)
        {
            throw new UnreachableException($"{entry.Info.Name} waits, and cannot be carried out at EXEC.");
        }
    }

    private void Pass(int place, ReadOnlySpan<byte> frame)
    {
        LocalSlot slot = new();
        _inner.Enqueue(slot);
        if (_scans.TryGetValue(place, out ScanStep? scan))
        {
            scan.WriteReply(frame, slot.Reply);
        }
        else
        {
            slot.Reply.Append(frame);
        }

        slot.Complete();
        foreach ((int at, int database) in _selects)
        {
            if (at == place && !Frames.IsError(frame))
            {
                _session.State.Database = database;
            }
        }
    }

    private void FinishWhenAnswered()
    {
        if (_allQueued && _inner.IsEmpty)
        {
            _allQueued = false;
            RespWriter.WriteArrayHeader(_slot.Reply, _count + _forSession.Count);
            _slot.Reply.Append(_answers.Pending);
            _answers.Release();
            _slot.Complete();
        }
    }
}
