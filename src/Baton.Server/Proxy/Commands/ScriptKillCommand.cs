using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// SCRIPT KILL and FUNCTION KILL: sent at once to every shard, on a connection on which no script can be running; behind the script itself
/// they would wait for its end. OK when one shard had something to kill.
/// </summary>
internal static class ScriptKillCommand
{
    public static CommandOutcome Kill(ClientSession session, CommandFrame command)
    {
        LocalSlot slot = session.BeginReply();
        byte[]? killed = null;
        byte[]? refused = null;
        int open = session.Database.Shards.Length;
        foreach (LoopShard shard in session.Database.Shards)
        {
            shard.Control.Send(command.Bytes, new FrameSink((reply, _) =>
            {
                if (!Frames.IsError(reply))
                {
                    killed = reply.ToArray();
                }
                else if (refused is null || !reply.StartsWith("-NOTBUSY"u8))
                {
                    refused = reply.ToArray();
                }

                if (--open == 0)
                {
                    slot.Reply.Append(killed ?? refused);
                    slot.Complete();
                }
            }));
        }

        return CommandOutcome.Done;
    }
}
