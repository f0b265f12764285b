using Baton.Protocol.Maintenance;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>CLIENT subcommands about the connection itself.</summary>
internal static class ClientCommands
{
    /// <summary>Redis' words for a name with a space, newline or special character.</summary>
    public const string InvalidName = "ERR Client names cannot contain spaces, newlines or special characters.";

    private static readonly string[] HelpLines =
    [
        "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "GETNAME", "    Return the name of the current connection.",
        "CACHING (YES|NO)", "    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes.",
        "GETREDIR", "    Return the client ID we are redirecting to when tracking is enabled.",
        "ID", "    Return the ID of the current connection.",
        "INFO", "    Return information about the current client connection.",
        "KILL <ip:port> | <option> <value> [<option> <value> ...]", "    Kill connections; options are ID, ADDR, LADDR, TYPE, USER, SKIPME, MAXAGE.",
        "LIST [TYPE <type>] [ID <id> ...]", "    Return information about client connections.",
        "MAINT_NOTIFICATIONS ON [moving-endpoint-type <type>] | OFF", "    Be told of planned maintenance before it happens (RESP3).",
        "NO-EVICT (ON|OFF)", "    Protect current client connection from eviction; there is none here.",
        "PAUSE <timeout> [WRITE|ALL]", "    Suspend all, or just write, clients for <timeout> milliseconds.",
        "UNPAUSE", "    Stop the current client pause, resuming traffic.",
        "REPLY (ON|OFF|SKIP)", "    Control the replies sent to the current connection.",
        "SETINFO <LIB-NAME|LIB-VER> <value>", "    Name the client library.",
        "SETNAME <name>", "    Assign the name <name> to the current connection.",
        "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]", "         [OPTIN] [OPTOUT] [NOLOOP]",
        "    Control server assisted client side caching.",
        "TRACKINGINFO", "    Report tracking status for the current connection.",
        "UNBLOCK <clientid> [TIMEOUT|ERROR]", "    Unblock the specified blocked client.",
        "HELP", "    Print this help.",
    ];

    public static CommandOutcome SetName(ClientSession session, CommandFrame command)
    {
        string name = command.Text(2);
        if (!IsValidName(name))
        {
            return session.Error(InvalidName);
        }

        session.State.Name = name;
        return session.Ok();
    }

    public static CommandOutcome GetName(ClientSession session, CommandFrame command) => session.State.Name.Length > 0
        ? session.Bulk(session.State.Name)
        : session.Reply(output => RespWriter.WriteNull(output, session.State.Protocol));

    public static CommandOutcome SetInfo(ClientSession session, CommandFrame command)
    {
        string value = command.Text(3);
        bool isName = command.Is(2, "LIB-NAME"u8);
        if (!isName && !command.Is(2, "LIB-VER"u8))
        {
            return session.Error($"ERR Unrecognized option '{command.Text(2)}'");
        }

        if (!IsValidName(value))
        {
            return session.Error($"ERR {(isName ? "lib-name" : "lib-ver")} cannot contain spaces, newlines or special characters.");
        }

        if (isName)
        {
            session.State.LibraryName = value;
        }
        else
        {
            session.State.LibraryVersion = value;
        }

        return session.Ok();
    }

    public static CommandOutcome Id(ClientSession session, CommandFrame command) => session.Integer(session.State.Id);

    public static CommandOutcome Info(ClientSession session, CommandFrame command) =>
        session.Reply(output => TextReply.Write(output, ClientLine.Of(session) + "\n", session.State.Protocol));

    public static CommandOutcome Reply(ClientSession session, CommandFrame command)
    {
        if (command.Is(2, "ON"u8))
        {
            session.State.ReplyMode = ReplyMode.On;
            return session.Ok();
        }

        if (command.Is(2, "OFF"u8))
        {
            session.State.ReplyMode = ReplyMode.Off;
            return CommandOutcome.Done;
        }

        if (command.Is(2, "SKIP"u8))
        {
            session.State.ReplyMode = session.State.ReplyMode == ReplyMode.Off ? ReplyMode.Off : ReplyMode.SkipNext;
            return CommandOutcome.Done;
        }

        return session.Error("ERR syntax error");
    }

    /// <summary>Clients are never evicted here, so everyone has what it asks for.</summary>
    public static CommandOutcome NoEvict(ClientSession session, CommandFrame command) =>
        command.Is(2, "ON"u8) || command.Is(2, "OFF"u8) ? session.Ok() : session.Error("ERR syntax error");

    public static CommandOutcome Help(ClientSession session, CommandFrame command) => session.Reply(output =>
    {
        RespWriter.WriteArrayHeader(output, HelpLines.Length);
        foreach (string line in HelpLines)
        {
            RespWriter.WriteSimple(output, line);
        }
    });

    public static CommandOutcome MaintNotifications(ClientSession session, CommandFrame command)
    {
        if (!session.Loop.Snapshot.MaintenanceNotifications)
        {
            return session.Error("ERR maintenance notifications are disabled on this server");
        }

        if (!MaintNotificationsCommand.TryParse(command.Scanner, command.Data, out MaintNotificationsCommand wish, out string error))
        {
            return session.Error(error);
        }

        if (session.State.Protocol != 3)
        {
            return session.Error("ERR maintenance notifications need RESP3; send HELLO 3 first");
        }

        // What is pushed from here on must stand behind the +OK, and that behind the replies still to come.
        if (!session.Replies.IsEmpty)
        {
            return session.WaitFor(SessionWait.Barrier);
        }

        session.SetOptIn(wish.On ? wish.EndpointType : null);
        session.Ok();
        if (wish.On)
        {
            session.PushOpenWindows();
        }

        return CommandOutcome.Done;
    }

    /// <summary>No spaces, newlines or characters outside printable ASCII.</summary>
    internal static bool IsValidName(string name) => name.All(static c => c is >= '!' and <= '~');
}
