using System.Buffers;
using Baton.Protocol.Cluster;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// Commands whose keys may lie on several shards: split by shard, merged in the order of the keys. Not atomic over shards.
/// </summary>
internal static class SplitCommands
{
    /// <summary>DEL, UNLINK, EXISTS, TOUCH: <c>name key ...</c>, the counts are added.</summary>
    public static CommandOutcome SumOverKeys(ClientSession session, CommandFrame command) =>
        Split(session, command, step: 1, static _ => FanOutCommands.MergeSum);

    /// <summary>MSET: <c>name key value ...</c></summary>
    public static CommandOutcome MSet(ClientSession session, CommandFrame command) => command.Count % 2 == 0
        ? session.Error("ERR wrong number of arguments for 'mset' command")
        : Split(session, command, step: 2, static _ => FanOutCommands.Same);

    /// <summary>MGET: the values in the order of the keys.</summary>
    public static CommandOutcome MGet(ClientSession session, CommandFrame command) =>
        Split(session, command, step: 1, static owners => (parts, output) => MergeValues(parts, owners, output));

    /// <param name="session">Who asks.</param>
    /// <param name="command">The command.</param>
    /// <param name="step">Arguments per key.</param>
    /// <param name="mergerOf">Makes the merger, given for each key the part that has it.</param>
    private static CommandOutcome Split(ClientSession session, CommandFrame command, int step, Func<int[], ReplyMerger> mergerOf)
    {
        if (session.Database.HasOneShard || command.Count < 2)
        {
            return session.ForwardTo(session.Database.FirstShard, command);
        }

        List<LoopShard> shards = [];
        int[] owners = new int[(command.Count - 1) / step];
        for (int i = 0; i < owners.Length; i++)
        {
            LoopShard shard = session.Database.ShardOf(HashSlot.Of(command[1 + (i * step)]));
            int known = shards.IndexOf(shard);
            if (known < 0)
            {
                known = shards.Count;
                shards.Add(shard);
            }

            owners[i] = known;
        }

        if (shards.Count == 1)
        {
            return session.ForwardTo(shards[0], command);
        }

        foreach (LoopShard shard in shards)
        {
            if (session.MustWait(shard))
            {
                return session.Park(shard);
            }

            if (session.WaitsForClaims(shard, command))
            {
                return CommandOutcome.Wait;
            }
        }

        if (command.Entry.Info.Is(Protocol.Commands.CommandFlags.DenyOom) && shards.Exists(static shard => shard.Route.WritesRefused))
        {
            return session.Error("OOM command not allowed when used memory > 'maxmemory'.");
        }

        MergeSlot slot = new(mergerOf(owners)) { Muted = session.IsMuted };
        session.Replies.Enqueue(slot);
        for (int i = 0; i < shards.Count; i++)
        {
            SendPart(session, command, shards[i], i, owners, step, slot.AddPart(shards[i].Route.Uid));
        }

        slot.Seal();
        return CommandOutcome.Done;
    }

    private static void SendPart(ClientSession session, CommandFrame command, LoopShard shard, int part, int[] owners, int step, MergePart sink)
    {
        OutputBuffer bytes = new(static _ => { });
        RespWriter.WriteArrayHeader(bytes, 1 + (step * owners.Count(owner => owner == part)));
        RespWriter.WriteBulk(bytes, command[0]);
        for (int i = 0; i < owners.Length; i++)
        {
            for (int j = 0; owners[i] == part && j < step; j++)
            {
                RespWriter.WriteBulk(bytes, command[1 + (i * step) + j]);
            }
        }

        // The keys of all parts are noted for each shard; one too many is copied, none is missed.
        shard.Tap?.Record(session.State.Database, command);
        session.BeginSend(shard).Send(bytes.Pending, sink);
        bytes.Release();
    }

    private static void MergeValues(IReadOnlyList<MergePart> parts, int[] owners, IBufferWriter<byte> output)
    {
        int[] offsets = new int[parts.Count];
        for (int i = 0; i < parts.Count; i++)
        {
            if (!Frames.TryHeader(parts[i].Frame, out _, out offsets[i]))
            {
                throw new RespFormatException("an array was expected");
            }
        }

        RespWriter.WriteArrayHeader(output, owners.Length);
        ReplyScanner scanner = new();
        foreach (int owner in owners)
        {
            ReadOnlySpan<byte> rest = parts[owner].Frame[offsets[owner]..];
            if (scanner.Scan(rest, out int length) != ScanStatus.Complete)
            {
                throw new RespFormatException("fewer values than keys");
            }

            output.Write(rest[..length]);
            offsets[owner] += length;
        }
    }
}
