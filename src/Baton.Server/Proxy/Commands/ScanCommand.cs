using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>SCAN over one shard after the other, and HSCAN, SSCAN and ZSCAN: with cursors that survive a move (<see cref="ScanCursor"/>).</summary>
internal static class ScanCommand
{
    /// <summary>SCAN.</summary>
    public static CommandOutcome Scan(ClientSession session, CommandFrame command) => Start(session, command, null);

    /// <summary>HSCAN, SSCAN, ZSCAN.</summary>
    public static CommandOutcome ScanKey(ClientSession session, CommandFrame command) =>
        session.TryRoute(command, out LoopShard shard) ? Start(session, command, shard) : CommandOutcome.Done;

    private static CommandOutcome Start(ClientSession session, CommandFrame command, LoopShard? shardOfKey)
    {
        if (!ScanStep.TryBegin(command, shardOfKey, session.Database, out ScanStep? step))
        {
            return session.ForwardTo(shardOfKey ?? session.Database.FirstShard, command);
        }

        if (session.MustWait(step!.Shard))
        {
            return session.Park(step.Shard);
        }

        MergeSlot slot = new((parts, output) => step.WriteReply(parts[0].Frame, output)) { Muted = session.IsMuted };
        session.Replies.Enqueue(slot);
        OutputBuffer bytes = new();
        step.WriteCommand(command, bytes);
        session.BeginSend(step.Shard).Send(bytes.Pending, slot.AddPart());
        bytes.Release();
        slot.Seal();
        return CommandOutcome.Done;
    }
}
