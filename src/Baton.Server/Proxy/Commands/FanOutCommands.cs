using System.Buffers;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>Commands about the whole database: sent to every shard, answered once. With one shard they are simply sent on.</summary>
internal static class FanOutCommands
{
    /// <summary>DBSIZE: the sum.</summary>
    public static CommandOutcome Sum(ClientSession session, CommandFrame command) => ToAll(session, command, MergeSum);

    /// <summary>FLUSHALL: OK when all said so.</summary>
    public static CommandOutcome Ok(ClientSession session, CommandFrame command) => ToAll(session, command, Same);

    /// <summary>FUNCTION LOAD: all say the same.</summary>
    public static CommandOutcome Same(ClientSession session, CommandFrame command) => ToAll(session, command, Same);

    /// <summary>KEYS: all elements.</summary>
    public static CommandOutcome Concatenate(ClientSession session, CommandFrame command) => ToAll(session, command, MergeElements);

    /// <summary>RANDOMKEY: the first shard's that has one, beginning at another shard each time.</summary>
    public static CommandOutcome FirstNotNull(ClientSession session, CommandFrame command)
    {
        int first = session.Loop.NextTurn();
        return ToAll(session, command, (parts, output) =>
        {
            for (int i = 0; i < parts.Count; i++)
            {
                MergePart part = parts[(first + i) % parts.Count];
                if (!Frames.IsNull(part.Frame) || i == parts.Count - 1)
                {
                    output.Write(part.Frame);
                    return;
                }
            }
        });
    }

    /// <summary>Sends a command to every shard; nothing is sent while one of them is held.</summary>
    public static CommandOutcome ToAll(ClientSession session, CommandFrame command, ReplyMerger merger)
    {
        if (session.Database.HasOneShard)
        {
            return session.ForwardTo(session.Database.FirstShard, command);
        }

        foreach (LoopShard shard in session.Database.Shards)
        {
            if (shard.Hold is not null)
            {
                return session.Park(shard);
            }
        }

        MergeSlot slot = new(merger) { Muted = session.IsMuted };
        session.Replies.Enqueue(slot);
        foreach (LoopShard shard in session.Database.Shards)
        {
            shard.Tap?.Record(session.State.Database, command);
            session.BeginSend(shard).Send(command.Bytes, slot.AddPart());
        }

        slot.Seal();
        return CommandOutcome.Done;
    }

    /// <summary>The sum of integers.</summary>
    public static void MergeSum(IReadOnlyList<MergePart> parts, IBufferWriter<byte> output)
    {
        long sum = 0;
        foreach (MergePart part in parts)
        {
            sum += Frames.TryInteger(part.Frame, out long value) ? value : throw new RespFormatException("an integer was expected");
        }

        RespWriter.WriteInteger(output, sum);
    }

    /// <summary>The first reply stands for all.</summary>
    public static void Same(IReadOnlyList<MergePart> parts, IBufferWriter<byte> output) => output.Write(parts[0].Frame);

    private static void MergeElements(IReadOnlyList<MergePart> parts, OutputBuffer output)
    {
        int total = 0;
        foreach (MergePart part in parts)
        {
            total += Frames.TryHeader(part.Reply.Front, out int count, out _) ? count : throw new RespFormatException("an array was expected");
        }

        RespWriter.WriteArrayHeader(output, total);
        foreach (MergePart part in parts)
        {
            _ = Frames.TryHeader(part.Reply.Front, out _, out int body);
            part.Reply.Consume(body);
            part.Reply.MoveTo(output);
        }
    }
}
