using System.Text;
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
        LoopQuery.OverSessions<List<(long Id, byte[] Line)>>(session.Loop, database, (lines, each) => AddLine(lines, each, filter), answers =>
        {
            (long Id, byte[] Line)[] lines = [.. answers.SelectMany(static each => each)];
            Array.Sort(lines, static (left, right) => left.Id.CompareTo(right.Id));
            TextReply.WriteHeader(slot.Reply, lines.Sum(static line => (long)line.Line.Length), session.State.Protocol);
            WriteLines(session, slot, lines, 0);
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

    private static void AddLine(List<(long Id, byte[] Line)> lines, ClientSession session, ClientFilter filter)
    {
        if (filter.Matches(session))
        {
            lines.Add((session.State.Id, Encoding.UTF8.GetBytes(ClientLine.Of(session) + "\n")));
        }
    }

    private static void WriteLines(ClientSession session, LocalSlot slot, (long Id, byte[] Line)[] lines, int next)
    {
        for (int end = Math.Min(lines.Length, next + TurnSlice.Work); next < end; next++)
        {
            slot.Reply.Append(lines[next].Line);
        }

        if (next < lines.Length)
        {
            session.Loop.Io.Post(() => WriteLines(session, slot, lines, next));
            return;
        }

        slot.Reply.Append("\r\n"u8);
        slot.Complete();
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
