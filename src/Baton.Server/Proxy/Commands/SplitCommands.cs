using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// Commands whose keys may lie on several shards: split by shard, merged in the order of the keys, both a slice per turn. Not atomic over shards.
/// </summary>
internal static class SplitCommands
{
    /// <summary>DEL, UNLINK, EXISTS, TOUCH: <c>name key ...</c>, the counts are added.</summary>
    public static CommandOutcome SumOverKeys(ClientSession session, CommandFrame command) =>
        Split(session, command, step: 1, static _ => new MergeSlot(FanOutCommands.MergeSum));

    /// <summary>MSET: <c>name key value ...</c></summary>
    public static CommandOutcome MSet(ClientSession session, CommandFrame command) => command.Count % 2 == 0
        ? session.Error("ERR wrong number of arguments for 'mset' command")
        : Split(session, command, step: 2, static _ => new MergeSlot(FanOutCommands.Same));

    /// <summary>MGET: the values in the order of the keys.</summary>
    public static CommandOutcome MGet(ClientSession session, CommandFrame command) => Split(
        session, command, step: 1, owners => new MergeSlot((parts, output) => MergeValues(parts, owners, output), session.Loop.Io.Post));

    /// <param name="session">Who asks.</param>
    /// <param name="command">The command.</param>
    /// <param name="step">Arguments per key.</param>
    /// <param name="slotOf">Makes the place of the reply, given for each key the part that has it.</param>
    private static CommandOutcome Split(ClientSession session, CommandFrame command, int step, Func<int[], MergeSlot> slotOf)
    {
        if (session.Database.HasOneShard || command.Count < 2)
        {
            return session.ForwardTo(session.Database.FirstShard, command);
        }

        // When it has waited it comes here again.
        SplitCommand split = session.Split ??= new SplitCommand(session.Database, (command.Count - 1) / step, step);
        if (!split.TakeSlice(command))
        {
            return session.WaitForTurn();
        }

        if (split.Count == 1)
        {
            return session.ForwardTo(split.Shards.First(), command);
        }

        foreach (LoopShard shard in split.Shards)
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

        if (command.Entry.Info.Is(Protocol.Commands.CommandFlags.DenyOom) && split.Shards.Any(static shard => shard.Route.WritesRefused))
        {
            return session.Error("OOM command not allowed when used memory > 'maxmemory'.");
        }

        Send(session, command, split, slotOf(split.Owners));
        return CommandOutcome.Done;
    }

    private static void Send(ClientSession session, CommandFrame command, SplitCommand split, MergeSlot slot)
    {
        slot.Muted = session.IsMuted;
        session.Replies.Enqueue(slot);
        int part = 0;
        foreach (LoopShard shard in split.Shards)
        {
            // The keys of all parts are noted for each shard; one too many is copied, none is missed.
            shard.Tap?.Record(session.State.Database, command);
            session.BeginSend(shard).Send(split.CommandFor(part++, command[0]), slot.AddPart(shard.Route.Uid), 1);
        }

        slot.Seal();
    }

    private static IEnumerator<bool> MergeValues(IReadOnlyList<MergePart> parts, int[] owners, OutputBuffer output)
    {
        foreach (MergePart part in parts)
        {
            _ = ReplyElements.TakeHeader(part.Reply);
        }

        RespWriter.WriteArrayHeader(output, owners.Length);
        int work = 0;
        foreach (int owner in owners)
        {
            work += ReplyElements.MoveNext(parts[owner].Reply, output);
            if (work >= TurnSlice.Work)
            {
                work = 0;
                yield return true;
            }
        }
    }
}
