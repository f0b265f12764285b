using System.Security.Cryptography;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>PING, ECHO, HELLO, AUTH, SELECT, QUIT, RESET: the connection's own business, with Redis' texts.</summary>
internal static class ConnectionCommands
{
    private const string WrongPassword = "WRONGPASS invalid username-password pair or user is disabled.";

    private const string NoPasswordSet =
        "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?";

    private const string HelloNeedsAuth =
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used "
        + "to authenticate the client and select the RESP protocol version at the same time";

    public static CommandOutcome Ping(ClientSession session, CommandFrame command)
    {
        if (command.Count > 2)
        {
            return session.Error("ERR wrong number of arguments for 'ping' command");
        }

        if (session.IsSubscribedInResp2)
        {
            byte[] echo = command.Count == 2 ? command[1].ToArray() : [];
            return session.Reply(output =>
            {
                RespWriter.WriteArrayHeader(output, 2);
                RespWriter.WriteBulk(output, "pong"u8);
                RespWriter.WriteBulk(output, echo);
            });
        }

        return command.Count == 2 ? session.Bulk(command[1]) : session.Simple("PONG");
    }

    public static CommandOutcome Echo(ClientSession session, CommandFrame command) => session.Bulk(command[1]);

    public static CommandOutcome Auth(ClientSession session, CommandFrame command)
    {
        if (command.Count > 3)
        {
            return session.Error("ERR syntax error");
        }

        bool named = command.Count == 3;
        string? password = session.Database.Route.Password;
        if (password is null)
        {
            return named && command[1].SequenceEqual("default"u8) ? session.Ok() : session.Error(named ? WrongPassword : NoPasswordSet);
        }

        if ((named && !command[1].SequenceEqual("default"u8)) || !Matches(command[named ? 2 : 1], password))
        {
            return session.Error(WrongPassword);
        }

        session.SetAuthenticated(true);
        return session.Ok();
    }

    public static CommandOutcome Hello(ClientSession session, CommandFrame command)
    {
        // The replies to earlier commands come over links of the old protocol version: they must be in before the switch.
        if (!session.Replies.IsEmpty)
        {
            return session.WaitFor(SessionWait.Barrier);
        }

        HelloOptions options = new() { Protocol = session.State.Protocol };
        if (options.Parse(session, command) is { } error)
        {
            return session.Error(error);
        }

        if (!session.State.Authenticated && !options.Authenticated)
        {
            return session.Error(HelloNeedsAuth);
        }

        session.SetAuthenticated(true);
        session.State.Name = options.Name ?? session.State.Name;
        session.State.Protocol = options.Protocol;
        if (options.Protocol == 2)
        {
            // It is told by pushes, and RESP2 has none.
            session.SetOptIn(null);
        }

        session.Tracking?.Dress(session.State.Dress);

        return session.Reply(output => WriteHello(output, session));
    }

    public static CommandOutcome Select(ClientSession session, CommandFrame command)
    {
        if (!command.TryInteger(1, out long index))
        {
            return session.Error("ERR value is not an integer or out of range");
        }

        if (index < 0 || index >= session.Database.FirstShard.Support.Capabilities.DatabaseCount)
        {
            return session.Error("ERR DB index is out of range");
        }

        if (index != session.State.Database && !session.Replies.IsEmpty)
        {
            return session.WaitFor(SessionWait.Barrier);
        }

        session.State.Database = (int)index;
        return session.Ok();
    }

    public static CommandOutcome Quit(ClientSession session, CommandFrame command)
    {
        session.Ok();
        session.End(CloseReason.Quit);
        return CommandOutcome.Done;
    }

    public static CommandOutcome Reset(ClientSession session, CommandFrame command)
    {
        if (!session.Replies.IsEmpty)
        {
            return session.WaitFor(SessionWait.Barrier);
        }

        session.ResetState();
        return session.Simple("RESET");
    }

    /// <summary>Compares without telling by its time how much was right.</summary>
    internal static bool Matches(ReadOnlySpan<byte> given, string password) =>
        CryptographicOperations.FixedTimeEquals(given, System.Text.Encoding.UTF8.GetBytes(password));

    private static void WriteHello(OutputBuffer output, ClientSession session)
    {
        int protocol = session.State.Protocol;
        string version = session.Database.FirstShard.Support.Capabilities.DisplayName.Split(' ')[^1];
        RespWriter.WriteMapHeader(output, 7, protocol);
        RespWriter.WriteBulk(output, "server"u8);
        RespWriter.WriteBulk(output, "redis"u8);
        RespWriter.WriteBulk(output, "version"u8);
        RespWriter.WriteBulk(output, version);
        RespWriter.WriteBulk(output, "proto"u8);
        RespWriter.WriteInteger(output, protocol);
        RespWriter.WriteBulk(output, "id"u8);
        RespWriter.WriteInteger(output, session.State.Id);
        RespWriter.WriteBulk(output, "mode"u8);
        RespWriter.WriteBulk(output, "standalone"u8);
        RespWriter.WriteBulk(output, "role"u8);
        RespWriter.WriteBulk(output, "master"u8);
        RespWriter.WriteBulk(output, "modules"u8);
        RespWriter.WriteArrayHeader(output, 0);
    }

    /// <summary><c>HELLO [protover [AUTH user password] [SETNAME name]]</c></summary>
    private struct HelloOptions
    {
        public int Protocol { get; set; }

        public bool Authenticated { get; private set; }

        public string? Name { get; private set; }

        /// <summary>Null, or the error; then nothing has changed.</summary>
        public string? Parse(ClientSession session, CommandFrame command)
        {
            if (command.Count == 1)
            {
                return null;
            }

            if (!command.TryInteger(1, out long version))
            {
                return "ERR Protocol version is not an integer or out of range";
            }

            if (version is not (2 or 3))
            {
                return "NOPROTO unsupported protocol version";
            }

            Protocol = (int)version;
            for (int i = 2; i < command.Count; i++)
            {
                if (command.Is(i, "AUTH"u8) && i + 2 < command.Count)
                {
                    string? password = session.Database.Route.Password;
                    if (!command[i + 1].SequenceEqual("default"u8) || (password is not null && !Matches(command[i + 2], password)))
                    {
                        return WrongPassword;
                    }

                    Authenticated = true;
                    i += 2;
                }
                else if (command.Is(i, "SETNAME"u8) && i + 1 < command.Count)
                {
                    Name = command.Text(++i);
                    if (!ClientCommands.IsValidName(Name))
                    {
                        return ClientCommands.InvalidName;
                    }
                }
                else
                {
                    return $"ERR Syntax error in HELLO option '{command.Text(i)}'";
                }
            }

            return null;
        }
    }
}
