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

    /// <summary>FLUSHALL: all say the same.</summary>
    public static CommandOutcome Same(ClientSession session, CommandFrame command) => ToAll(session, command, Same);

    /// <summary>KEYS: all elements.</summary>
    public static CommandOutcome Concatenate(ClientSession session, CommandFrame command) => ToAll(session, command, MergeElements);

    /// <summary>PUBSUB CHANNELS: all that clients listen to, each once; the proxy's own marks are left out.</summary>
    public static CommandOutcome Channels(ClientSession session, CommandFrame command) => ServerCommands.ToAllRewritten(session, command, MergeUnion);

    /// <summary>PUBSUB SHARDCHANNELS: all elements, each once.</summary>
    public static CommandOutcome Union(ClientSession session, CommandFrame command) => ToAll(session, command, MergeUnion);

    /// <summary>PUBSUB NUMSUB: replies of one shape; each number is the largest of all.</summary>
    public static CommandOutcome Largest(ClientSession session, CommandFrame command) => ToAll(session, command, MergeLargest);

    /// <summary>COMMAND: the same on every shard, so the first is asked.</summary>
    public static CommandOutcome Any(ClientSession session, CommandFrame command) => session.ForwardTo(session.Database.FirstShard, command);

    /// <summary>A command whose meaning over several shards is not known, or that would do its work on one of them only.</summary>
    public static CommandOutcome OneShard(ClientSession session, CommandFrame command) => session.Database.HasOneShard
        ? session.ForwardTo(session.Database.FirstShard, command)
        : session.FailCommand($"ERR {command.Entry.Info.Name.Replace('|', ' ')} is not available here: it names no keys, and over several shards "
            + "nobody knows which it is about; use a database of one shard");

    /// <summary>Sends a command to every shard; nothing is sent while one of them is held.</summary>
    /// <param name="session">Who asks.</param>
    /// <param name="command">The command.</param>
    /// <param name="merger">Makes one reply of all.</param>
    /// <param name="oneIsEnough">Shards that answer with an error do not count while one does not.</param>
    public static CommandOutcome ToAll(ClientSession session, CommandFrame command, ReplyMerger merger, bool oneIsEnough = false)
    {
        if (session.Database.HasOneShard)
        {
            return session.ForwardTo(session.Database.FirstShard, command);
        }

        if (ParkIfHeld(session) || session.WaitsForClaimsOnAny(command))
        {
            return CommandOutcome.Wait;
        }

        MergeSlot slot = new(merger, oneIsEnough) { Muted = session.IsMuted };
        session.Replies.Enqueue(slot);
        foreach (LoopShard shard in session.Database.Shards)
        {
            shard.Tap?.Record(session.State.Database, command);
            session.BeginSend(shard).Send(command.Bytes, slot.AddPart(shard.Route.Uid));
        }

        slot.Seal();
        return CommandOutcome.Done;
    }

    /// <summary>True when a shard is held: the command waits for the end of that, and nothing of it may have been sent.</summary>
    public static bool ParkIfHeld(ClientSession session)
    {
        foreach (LoopShard shard in session.Database.Shards)
        {
            if (session.MustWait(shard))
            {
                session.Park(shard);
                return true;
            }
        }

        return false;
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

    private static void MergeUnion(IReadOnlyList<MergePart> parts, IBufferWriter<byte> output)
    {
        List<ReplyValue> replies = [.. parts.Select(static part => ReplyValue.Parse(part.Frame))];
        replies[0].Of(replies.SelectMany(static reply => reply.Elements)
            .Where(static element => !SeamMarks.IsOne(element.Bytes))
            .DistinctBy(static element => Convert.ToHexString(element.Bytes ?? []))).Write(output);
    }

    private static void MergeLargest(IReadOnlyList<MergePart> parts, IBufferWriter<byte> output)
    {
        ReplyValue largest = ReplyValue.Parse(parts[0].Frame);
        foreach (MergePart part in parts.Skip(1))
        {
            TakeLarger(largest, ReplyValue.Parse(part.Frame));
        }

        largest.Write(output);
    }

    private static void TakeLarger(ReplyValue largest, ReplyValue other)
    {
        if (largest.Elements.Count != other.Elements.Count || largest.Kind != other.Kind)
        {
            throw new RespFormatException("the shards' replies have different shapes");
        }

        for (int i = 0; i < largest.Elements.Count; i++)
        {
            TakeLarger(largest.Elements[i], other.Elements[i]);
        }

        if (largest.Kind == (byte)':')
        {
            largest.Integer = Math.Max(largest.Integer, other.Integer);
        }
    }
}
