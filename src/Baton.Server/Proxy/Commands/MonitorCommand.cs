using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>MONITOR shows what the engines of all shards carry out, whoever asked for it.</summary>
internal static class MonitorCommand
{
    public static CommandOutcome Monitor(ClientSession session, CommandFrame command)
    {
        if (session.IsMonitor)
        {
            return session.Ok();
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

        Monitoring monitoring = session.Monitor ??= new Monitoring(session);
        foreach (LoopShard shard in session.Database.Shards)
        {
            if (!monitoring.HasLink(shard))
            {
                if (!session.TryTakeLink(shard, protocol: 2, database: 0, out ShardLink? link, out CommandOutcome outcome))
                {
                    return outcome;
                }

                monitoring.AddLink(shard, link);
            }
        }

        session.Ok();
        monitoring.Begin();
        return CommandOutcome.Done;
    }
}
