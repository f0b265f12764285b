using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>MONITOR shows what the first shard's engine carries out, whoever asked for it.</summary>
internal static class MonitorCommand
{
    public static CommandOutcome Monitor(ClientSession session, CommandFrame command)
    {
        LoopShard shard = session.Database.FirstShard;
        if (session.Monitor is not null)
        {
            return session.Ok();
        }

        if (shard.Hold is not null)
        {
            return session.Park(shard);
        }

        if (!session.Replies.IsEmpty)
        {
            return session.WaitFor(SessionWait.Barrier);
        }

        if (!session.TryTakeLink(shard, protocol: 2, database: 0, out ShardLink? link, out CommandOutcome outcome))
        {
            return outcome;
        }

        session.Ok();
        session.Monitor = new MonitorFeed(session, link);
        return CommandOutcome.Done;
    }
}
