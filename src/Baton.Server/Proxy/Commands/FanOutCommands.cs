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
    public static CommandOutcome Channels(ClientSession session, CommandFrame command) =>
        ServerCommands.ToAllRewritten(session, command.Bytes, new MergeSlot(MergeUnion, session.Loop.Io.Post));

    /// <summary>PUBSUB SHARDCHANNELS: all elements, each once.</summary>
    public static CommandOutcome Union(ClientSession session, CommandFrame command) => ToAll(session, command, new MergeSlot(MergeUnion, session.Loop.Io.Post));

    /// <summary>PUBSUB NUMSUB: replies of one shape; each number is the largest of all.</summary>
    public static CommandOutcome Largest(ClientSession session, CommandFrame command) =>
        ToAll(session, command, new MergeSlot(MergeLargest, session.Loop.Io.Post));

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
    public static CommandOutcome ToAll(ClientSession session, CommandFrame command, ReplyMerger merger, bool oneIsEnough = false) =>
        ToAll(session, command, new MergeSlot(merger, oneIsEnough));

    private static CommandOutcome ToAll(ClientSession session, CommandFrame command, MergeSlot slot)
    {
        if (session.Database.HasOneShard)
        {
            return session.ForwardTo(session.Database.FirstShard, command);
        }

        if (ParkIfHeld(session) || session.WaitsForClaimsOnAny(command))
        {
            return CommandOutcome.Wait;
        }

        slot.Muted = session.IsMuted;
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
        long total = parts.Sum(static part => (long)ReplyElements.TakeHeader(part.Reply));
        if (total > int.MaxValue)
        {
            throw new RespFormatException($"{total} elements are more than a reply can have");
        }

        RespWriter.WriteArrayHeader(output, (int)total);
        foreach (MergePart part in parts)
        {
            part.Reply.MoveTo(output);
        }
    }

    private static IEnumerator<bool> MergeUnion(IReadOnlyList<MergePart> parts, OutputBuffer output)
    {
        HashSet<byte[]> seen = new(NameComparer.Instance);
        OutputBuffer elements = new();
        int work = 0;
        foreach (MergePart part in parts)
        {
            for (int left = ReplyElements.TakeHeader(part.Reply); left > 0; left--)
            {
                byte[] element = ReplyElements.TakeNext(part.Reply);
                if (!SeamMarks.IsOne(element.AsSpan(element.AsSpan().IndexOf((byte)'\n') + 1)) && seen.Add(element))
                {
                    elements.Append(element);
                }

                if (++work % TurnSlice.Work == 0)
                {
                    yield return true;
                }
            }
        }

        RespWriter.WriteArrayHeader(output, seen.Count);
        elements.MoveTo(output);
    }

    private static IEnumerator<bool> MergeLargest(IReadOnlyList<MergePart> parts, OutputBuffer output)
    {
        bool areArrays = parts[0].Reply.Front[0] == (byte)'*';
        int count = 1;
        if (areArrays)
        {
            int[] counts = [.. parts.Select(static part => ReplyElements.TakeHeader(part.Reply))];
            count = counts.All(each => each == counts[0]) ? counts[0] : throw new RespFormatException("the shards' replies have different shapes");
            RespWriter.WriteArrayHeader(output, count);
        }

        for (int i = 1; i <= count; i++)
        {
            WriteLargest([.. parts.Select(static part => ReplyElements.TakeNext(part.Reply))], output);
            if (i * parts.Count % TurnSlice.Work < parts.Count)
            {
                yield return true;
            }
        }
    }

    private static void WriteLargest(byte[][] elements, OutputBuffer output)
    {
        if (elements[0][0] == (byte)':')
        {
            RespWriter.WriteInteger(output, elements.Max(static element =>
                Frames.TryInteger(element, out long value) ? value : throw new RespFormatException("an integer was expected")));
        }
        else
        {
            output.Append(elements[0]);
        }
    }
}
