using System.Security.Cryptography;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// What ACL tells about the one user a database has, <c>default</c>, who may do everything. (The engine's own users are the cluster's, and no
/// client's business.)
/// </summary>
internal static class AclCommands
{
    private const string User = "default";

    public static CommandOutcome WhoAmI(ClientSession session, CommandFrame command) => session.Bulk(User);

    public static CommandOutcome Users(ClientSession session, CommandFrame command) => OneLine(session, User);

    public static CommandOutcome List(ClientSession session, CommandFrame command) =>
        OneLine(session, $"user {User} on {(PasswordHash(session) is { } hash ? "#" + hash : "nopass")} ~* &* +@all");

    public static CommandOutcome GetUser(ClientSession session, CommandFrame command) => command[2].SequenceEqual("default"u8)
        ? session.Reply(output => WriteUser(output, PasswordHash(session), session.State.Protocol))
        : session.Reply(output => RespWriter.WriteNull(output, session.State.Protocol));

    /// <summary>Would the user be allowed to? The only user is; what is no command is told as Redis does.</summary>
    public static CommandOutcome DryRun(ClientSession session, CommandFrame command)
    {
        if (!command[2].SequenceEqual("default"u8))
        {
            return session.Error($"ERR User '{command.Text(2)}' not found");
        }

        EngineSupport engine = session.Database.FirstShard.Support;
        ReadOnlySpan<byte> subcommand = command.Count > 4 ? command[4] : default;
        if ((CommandCatalog.Find(command[3], subcommand) ?? engine.FindOwn(command[3], subcommand)) is not { } entry || !engine.Has(entry))
        {
            return session.Error($"ERR Command '{command.Text(3)}' not found");
        }

        return engine.AcceptsArgumentCount(entry, command.Count - 3)
            ? session.Ok()
            : session.Error($"ERR wrong number of arguments for '{entry.LowerName}' command");
    }

    /// <summary>Nothing is denied to the only user. (Wrong passwords are counted elsewhere, with the addresses they came from.)</summary>
    public static CommandOutcome Log(ClientSession session, CommandFrame command)
    {
        if (command.Count > 3)
        {
            return session.Error("ERR wrong number of arguments for 'acl|log' command");
        }

        if (command.Is(2, "RESET"u8))
        {
            return session.Ok();
        }

        return command.Count == 2 || command.TryInteger(2, out _)
            ? session.Reply(static output => RespWriter.WriteArrayHeader(output, 0))
            : session.Error("ERR value is not an integer or out of range");
    }

    private static CommandOutcome OneLine(ClientSession session, string line) => session.Reply(output =>
    {
        RespWriter.WriteArrayHeader(output, 1);
        RespWriter.WriteBulk(output, line);
    });

    private static void WriteUser(OutputBuffer output, string? hash, int protocol)
    {
        RespWriter.WriteMapHeader(output, 6, protocol);
        RespWriter.WriteBulk(output, "flags"u8);
        string[] flags = hash is null ? ["on", "nopass"] : ["on"];
        output.Append(Encoding.ASCII.GetBytes($"{(protocol == 3 ? '~' : '*')}{flags.Length}\r\n"));
        foreach (string flag in flags)
        {
            RespWriter.WriteBulk(output, flag);
        }

        RespWriter.WriteBulk(output, "passwords"u8);
        RespWriter.WriteArrayHeader(output, hash is null ? 0 : 1);
        if (hash is not null)
        {
            RespWriter.WriteBulk(output, hash);
        }

        foreach (string word in (string[])["commands", "+@all", "keys", "~*", "channels", "&*", "selectors"])
        {
            RespWriter.WriteBulk(output, word);
        }

        RespWriter.WriteArrayHeader(output, 0);
    }

    // As Redis shows it: never the password.
    private static string? PasswordHash(ClientSession session) => session.Database.Route.Password is { } password
        ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password)))
        : null;
}
