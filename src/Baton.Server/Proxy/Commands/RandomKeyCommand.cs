using System.Buffers;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>RANDOMKEY over several shards: each is asked for its size and a key, and a shard's key is given as often as its size is of the whole.</summary>
internal static class RandomKeyCommand
{
    /// <summary>Multiples of it, without their whole part, fill the range from 0 to 1 evenly however many there are.</summary>
    private const double GoldenRatio = 0.6180339887498949;

    private static readonly byte[] DbSize = "*1\r\n$6\r\nDBSIZE\r\n"u8.ToArray();

    public static CommandOutcome RandomKey(ClientSession session, CommandFrame command)
    {
        LoopDatabase database = session.Database;
        if (database.HasOneShard)
        {
            return session.ForwardTo(database.FirstShard, command);
        }

        if (FanOutCommands.ParkIfHeld(session))
        {
            return CommandOutcome.Wait;
        }

        double at = session.Loop.NextTurn() * GoldenRatio % 1.0;
        MergeSlot slot = new((parts, output) => WriteChosen(parts, at, output)) { Muted = session.IsMuted };
        session.Replies.Enqueue(slot);
        foreach (LoopShard shard in database.Shards)
        {
            IUpstream upstream = session.BeginSend(shard);
            upstream.Send(DbSize, slot.AddPart(shard.Route.Uid));
            upstream.Send(command.Bytes, slot.AddPart(shard.Route.Uid));
        }

        slot.Seal();
        return CommandOutcome.Done;
    }

    /// <summary>The shard at this place among all keys; one that has no key left to give is passed over. Null only when all are empty.</summary>
    private static void WriteChosen(IReadOnlyList<MergePart> parts, double at, IBufferWriter<byte> output)
    {
        int shards = parts.Count / 2;
        long[] sizes = [.. Enumerable.Range(0, shards).Select(shard => Frames.TryInteger(parts[2 * shard].Frame, out long size) ? size : 0)];
        double place = at * sizes.Sum();
        int chosen = 0;
        while (chosen < shards - 1 && place >= sizes[chosen])
        {
            place -= sizes[chosen++];
        }

        for (int next = 0; next < shards; next++)
        {
            ReadOnlySpan<byte> key = parts[(2 * ((chosen + next) % shards)) + 1].Frame;
            if (!Frames.IsNull(key) || next == shards - 1)
            {
                output.Write(key);
                return;
            }
        }
    }
}
