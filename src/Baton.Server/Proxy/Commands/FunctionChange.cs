using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// FUNCTION LOAD, DELETE, FLUSH and RESTORE over several shards: on all or on none. Each shard tells what it has before it changes that; when one refuses
/// and others did not, they are given back what they had, and the client gets the error.
/// <code>
/// shard 1   FUNCTION DUMP  FUNCTION LOAD -> name        FUNCTION RESTORE dump FLUSH
/// shard 2   FUNCTION DUMP  FUNCTION LOAD -> -OOM ...                                    client: -OOM ... (shard 2 of 2; undone on the others)
/// </code>
/// Belongs to its loop's thread.
/// </summary>
internal sealed class FunctionChange
{
    private readonly ClientSession _session;
    private readonly LocalSlot _slot;
    private readonly LoopShard[] _shards;
    private readonly byte[][] _before;
    private readonly byte[][] _answers;
    private int _open;
    private bool _undone = true;

    private FunctionChange(ClientSession session)
    {
        (_session, _slot, _shards) = (session, session.BeginReply(), session.Database.Shards.ToArray());
        (_before, _answers) = (new byte[_shards.Length][], new byte[_shards.Length][]);
    }

    private IEnumerable<int> Failed => Enumerable.Range(0, _shards.Length).Where(i => Frames.IsError(_answers[i]));

    public static CommandOutcome Start(ClientSession session, CommandFrame command)
    {
        if (session.Database.HasOneShard)
        {
            return session.ForwardTo(session.Database.FirstShard, command);
        }

        if (FanOutCommands.ParkIfHeld(session))
        {
            return CommandOutcome.Wait;
        }

        FunctionChange change = new(session);
        change._open = change._shards.Length;
        for (int i = 0; i < change._shards.Length; i++)
        {
            int place = i;
            LoopShard shard = change._shards[i];
            shard.Tap?.Record(session.State.Database, command);
            IUpstream upstream = session.BeginSend(shard);
            upstream.Send("*2\r\n$8\r\nFUNCTION\r\n$4\r\nDUMP\r\n"u8, new FrameSink((frame, _) => change._before[place] = frame.ToArray(), change._slot));
            upstream.Send(command.Bytes, new FrameSink((frame, _) => change.OnAnswer(place, frame), change._slot));
        }

        return CommandOutcome.Done;
    }

    private void OnAnswer(int place, ReadOnlySpan<byte> frame)
    {
        _answers[place] = frame.ToArray();
        if (--_open > 0)
        {
            return;
        }

        int failed = Failed.Count();
        if (failed is 0 || failed == _shards.Length)
        {
            bool same = failed == 0 || Array.TrueForAll(_answers, answer => answer.AsSpan().SequenceEqual(_answers[0]));
            _slot.Reply.Append(same ? _answers[0] : Describe("it changed nothing"));
            _slot.Complete();
            return;
        }

        Undo();
    }

    private void Undo()
    {
        int[] changed = [.. Enumerable.Range(0, _shards.Length).Except(Failed)];
        _open = changed.Length;
        foreach (int place in changed)
        {
            OutputBuffer restore = new();
            RespWriter.WriteArrayHeader(restore, 4);
            RespWriter.WriteBulk(restore, "FUNCTION"u8);
            RespWriter.WriteBulk(restore, "RESTORE"u8);
            RespWriter.WriteBulk(restore, ReplyValue.Parse(_before[place]).Bytes ?? []);
            RespWriter.WriteBulk(restore, "FLUSH"u8);
            _session.SendBehind(_shards[place], restore.Pending, new FrameSink((frame, _) =>
            {
                _undone &= !Frames.IsError(frame);
                if (--_open == 0)
                {
                    _slot.Reply.Append(Describe(_undone ? "undone on the others" : "and it could not be undone on all of the others"));
                    _slot.Complete();
                }
            }, _slot));
            restore.Release();
        }
    }

    private byte[] Describe(string others)
    {
        string text = ReplyValue.Parse(_answers[Failed.First()]).Text;
        return Encoding.UTF8.GetBytes($"-{text} (shard {string.Join(", ", Failed.Select(i => _shards[i].Route.Uid))} of {_shards.Length}; {others})\r\n");
    }
}
