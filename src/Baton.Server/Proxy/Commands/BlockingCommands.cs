using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// Commands that may wait: each gets a dedicated link while it does, and the session reads nothing further, as with Redis.
/// </summary>
internal static class BlockingCommands
{
    /// <summary>BLPOP and its kin; XREAD and XREADGROUP when they say BLOCK; a module's command that says it blocks.</summary>
    public static CommandOutcome Block(ClientSession session, CommandFrame command)
    {
        if (BlockingTimeout.Of(command, session.Loop.Io.NowMs) is not { } timeout)
        {
            return session.Forward(command);
        }

        CommandOutcome outcome = Start(session, command, timeout);
        if (outcome == CommandOutcome.Done && session.Tracking is { } tracking)
        {
            tracking.HasRead = false;
        }

        return outcome;
    }

    /// <summary>WAIT and WAITAOF.</summary>
    public static CommandOutcome Wait(ClientSession session, CommandFrame command)
    {
        if (session.Database.HasOneShard || BlockingTimeout.Of(command, session.Loop.Io.NowMs) is not { } timeout)
        {
            return Block(session, command);
        }

        foreach (LoopShard shard in session.Database.Shards)
        {
            if (session.MustWait(shard))
            {
                return session.Park(shard);
            }
        }

        if (!session.Replies.IsEmpty)
        {
            return session.WaitFor(SessionWait.Barrier);
        }

        BlockedOnShards.Start(session, timeout);
        return CommandOutcome.Done;
    }

    private static CommandOutcome Start(ClientSession session, CommandFrame command, BlockingTimeout timeout)
    {
        if (!session.TryRoute(command, out LoopShard shard))
        {
            return CommandOutcome.Done;
        }

        if (session.MustWait(shard))
        {
            return session.Park(shard);
        }

        if (session.WaitsForClaims(shard, command))
        {
            return CommandOutcome.Wait;
        }

        if (!session.Replies.IsEmpty)
        {
            return session.WaitFor(SessionWait.Barrier);
        }

        if (TrackingCommands.ReadsFirst(session, shard, command))
        {
            return CommandOutcome.Wait;
        }

        if (!shard.Support.Capabilities.SafeBlocking && NonBlockingForm.Of(timeout.Name, timeout.Arguments) is { } form && timeout.IsValid)
        {
            BlockedInProxy.Start(session, shard, timeout, form);
            return CommandOutcome.Done;
        }

        if (timeout.Name is "BLMOVE" or "BRPOPLPUSH" && session.WaitsForGone(command))
        {
            return CommandOutcome.Wait;
        }

        if (!session.TryTakeLink(shard, out ShardLink? link, out CommandOutcome outcome))
        {
            return outcome;
        }

        shard.Tap?.Record(session.State.Database, command);
        BlockedOnEngine.Start(session, link, command.Bytes, timeout, KeysOf(command));
        return CommandOutcome.Done;
    }

    private static BlockedKeys KeysOf(CommandFrame command)
    {
        int[] indexes = new int[command.Count];
        int count = command.FindKeys(indexes);
        List<byte[]> keys = [];
        for (int i = 0; i < count; i++)
        {
            keys.Add(command[indexes[i]].ToArray());
        }

        return new BlockedKeys(keys, command.Entry.IsWrite);
    }
}
