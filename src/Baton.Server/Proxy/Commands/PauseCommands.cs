using Baton.Protocol.Resp;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>CLIENT PAUSE and UNPAUSE: the proxy's doing, for all clients of the database on every loop.</summary>
internal static class PauseCommands
{
    public static CommandOutcome Pause(ClientSession session, CommandFrame command)
    {
        bool all = command.Count == 3 || command.Is(3, "ALL"u8);
        if (command.Count > 4 || (!all && !command.Is(3, "WRITE"u8)))
        {
            return session.Error(command.Count > 4 ? "ERR syntax error" : "ERR CLIENT PAUSE mode must be WRITE or ALL");
        }

        if (!command.TryInteger(2, out long milliseconds))
        {
            return session.Error("ERR timeout is not an integer or out of range");
        }

        return milliseconds < 0 ? session.Error("ERR timeout is negative") : OnAllLoops(session, pause => pause.Begin(milliseconds, all));
    }

    public static CommandOutcome Unpause(ClientSession session, CommandFrame command) => OnAllLoops(session, static pause => pause.End());

    private static CommandOutcome OnAllLoops(ClientSession session, Action<ClientPause> change)
    {
        int database = session.Database.Route.Uid;
        LocalSlot slot = session.BeginReply();
        LoopQuery.Start(session.Loop, loop => Change(loop, database, change), _ =>
        {
            RespWriter.WriteSimple(slot.Reply, "OK");
            slot.Complete();
        });
        return CommandOutcome.Done;
    }

    private static bool Change(ProxyLoop loop, int database, Action<ClientPause> change)
    {
        if (!loop.Databases.TryGetValue(database, out LoopDatabase? found))
        {
            return false;
        }

        change(found.Pause);
        return true;
    }
}
