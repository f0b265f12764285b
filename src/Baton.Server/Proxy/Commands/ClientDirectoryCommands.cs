using Baton.Protocol.Resp;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>CLIENT LIST, KILL and UNBLOCK: they look at the database's connections on every loop.</summary>
internal static class ClientDirectoryCommands
{
    public static CommandOutcome List(ClientSession session, CommandFrame command)
    {
        ClientFilter filter = new();
        if (filter.ParseList(command) is { } error)
        {
            return session.Error(error);
        }

        int database = session.Database.Route.Uid;
        LocalSlot slot = session.BeginReply();
        LoopQuery.Start(session.Loop, loop => Lines(loop, database, filter), answers =>
        {
            string lines = string.Concat(answers.SelectMany(each => each).OrderBy(line => line.Id).Select(line => line.Text + "\n"));
            ClientLine.WriteText(slot.Reply, lines, session.State.Protocol);
            slot.Complete();
        });
        return CommandOutcome.Done;
    }

    public static CommandOutcome Kill(ClientSession session, CommandFrame command)
    {
        ClientFilter filter = new() { SkipId = session.State.Id };
        if (filter.ParseKill(command) is { } error)
        {
            return session.Error(error);
        }

        int database = session.Database.Route.Uid;
        long self = session.State.Id;
        bool oldForm = command.Count == 3;
        LocalSlot slot = session.BeginReply();
        LoopQuery.Start(session.Loop, loop => KillOn(loop, database, filter, self), answers =>
        {
            int killed = answers.Sum(answer => answer.Killed);
            if (!oldForm)
            {
                RespWriter.WriteInteger(slot.Reply, killed);
            }
            else if (killed > 0)
            {
                RespWriter.WriteSimple(slot.Reply, "OK");
            }
            else
            {
                RespWriter.WriteError(slot.Reply, "ERR No such client");
            }

            slot.Complete();
            if (answers.Any(answer => answer.Self))
            {
                session.End(CloseReason.Killed);
            }
        });
        return CommandOutcome.Done;
    }

    public static CommandOutcome Unblock(ClientSession session, CommandFrame command)
    {
        if (!command.TryInteger(2, out long id))
        {
            return session.Error("ERR value is not an integer or out of range");
        }

        bool withError = command.Is(3, "ERROR"u8);
        if (command.Count > 3 && !withError && !command.Is(3, "TIMEOUT"u8))
        {
            return session.Error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
        }

        int database = session.Database.Route.Uid;
        LocalSlot slot = session.BeginReply();
        LoopQuery.Start(session.Loop, loop => Find(loop, database, id)?.Unblock(withError) == true, answers =>
        {
            RespWriter.WriteInteger(slot.Reply, answers.Any(done => done) ? 1 : 0);
            slot.Complete();
        });
        return CommandOutcome.Done;
    }

    private static ClientSession? Find(ProxyLoop loop, int database, long id) =>
        loop.Databases.TryGetValue(database, out LoopDatabase? found) ? found.Sessions.GetValueOrDefault(id) : null;

    private static List<(long Id, string Text)> Lines(ProxyLoop loop, int database, ClientFilter filter)
    {
        List<(long, string)> lines = [];
        if (loop.Databases.TryGetValue(database, out LoopDatabase? found))
        {
            foreach (ClientSession session in found.Sessions.Values)
            {
                if (filter.Matches(session))
                {
                    lines.Add((session.State.Id, ClientLine.Of(session)));
                }
            }
        }

        return lines;
    }

    private static (int Killed, bool Self) KillOn(ProxyLoop loop, int database, ClientFilter filter, long self)
    {
        int killed = 0;
        bool killsSelf = false;
        if (loop.Databases.TryGetValue(database, out LoopDatabase? found))
        {
            foreach (ClientSession session in found.Sessions.Values.Where(filter.Matches).ToArray())
            {
                killed++;
                if (session.State.Id == self)
                {
                    // It still gets its reply.
                    killsSelf = true;
                }
                else
                {
                    session.Close(CloseReason.Killed);
                }
            }
        }

        return (killed, killsSelf);
    }
}
