using System.Globalization;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// SCAN over several shards, one after the other. The client's cursor holds the engine's and the shard:
/// <code>
/// client's cursor = engine's cursor * 256 + index of the shard      0 = begin, or all done
/// </code>
/// </summary>
internal static class ScanCommand
{
    private const int ShardBits = 8;

    public static CommandOutcome Scan(ClientSession session, CommandFrame command)
    {
        LoopDatabase database = session.Database;
        if (database.HasOneShard || command.Count < 2)
        {
            return session.ForwardTo(database.FirstShard, command);
        }

        if (!ulong.TryParse(command[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong cursor))
        {
            return session.Error("ERR invalid cursor");
        }

        int index = (int)(cursor & ((1 << ShardBits) - 1));
        if (index >= database.Shards.Length)
        {
            return session.Error("ERR invalid cursor");
        }

        LoopShard shard = database.Shards[index];
        if (shard.Hold is not null)
        {
            return session.Park(shard);
        }

        bool isLast = index == database.Shards.Length - 1;
        MergeSlot slot = new((parts, output) => WritePage(parts[0].Frame, index, isLast, output)) { Muted = session.IsMuted };
        session.Replies.Enqueue(slot);
        OutputBuffer bytes = new(static _ => { });
        RespWriter.WriteArrayHeader(bytes, command.Count);
        for (int i = 0; i < command.Count; i++)
        {
            if (i == 1)
            {
                RespWriter.WriteBulk(bytes, (cursor >> ShardBits).ToString(CultureInfo.InvariantCulture));
            }
            else
            {
                RespWriter.WriteBulk(bytes, command[i]);
            }
        }

        session.BeginSend(shard).Send(bytes.Pending, slot.AddPart());
        bytes.Release();
        slot.Seal();
        return CommandOutcome.Done;
    }

    private static void WritePage(ReadOnlySpan<byte> frame, int index, bool isLast, System.Buffers.IBufferWriter<byte> output)
    {
        RespReader reader = new(frame);
        if (!reader.Read() || reader.Count != 2 || !reader.Read()
            || !ulong.TryParse(reader.Value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong engineCursor))
        {
            throw new RespFormatException("a cursor and an array were expected");
        }

        if (engineCursor >> (64 - ShardBits) != 0)
        {
            throw new RespFormatException("the engine's cursor is too large to carry a shard's index");
        }

        ulong next = engineCursor != 0 ? (engineCursor << ShardBits) | (uint)index : isLast ? 0 : (uint)index + 1;
        RespWriter.WriteArrayHeader(output, 2);
        RespWriter.WriteBulk(output, next.ToString(CultureInfo.InvariantCulture));
        System.Buffers.BuffersExtensions.Write(output, frame[reader.Position..]);
    }
}
