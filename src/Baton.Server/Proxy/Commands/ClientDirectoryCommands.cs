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
        LoopQuery.OverSessions<List<(long Id, string Text)>>(session.Loop, database, (lines, each) => AddLine(lines, each, filter), answers =>
        {
            string lines = string.Concat(answers.SelectMany(each => each).OrderBy(line => line.Id).Select(line => line.Text + "\n"));
            TextReply.Write(slot.Reply, lines, session.State.Protocol);
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
        LoopQuery.OverSessions<Kills>(session.Loop, database, (kills, each) => kills.Take(each, filter, self), answers =>
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

    private static void AddLine(List<(long Id, string Text)> lines, ClientSession session, ClientFilter filter)
    {
        if (filter.Matches(session))
        {
            lines.Add((session.State.Id, ClientLine.Of(session)));
        }
    }

    /// <summary>What CLIENT KILL did on one loop.</summary>
    private sealed class Kills
    {
        public int Killed { get; private set; }

        public bool Self { get; private set; }

        public void Take(ClientSession session, ClientFilter filter, long self)
        {
            if (!filter.Matches(session))
            {
                return;
            }

            Killed++;
            if (session.State.Id == self)
            {
                // It still gets its reply.
                Self = true;
            }
            else
            {
                session.Close(CloseReason.Killed);
            }
        }
    }
}
