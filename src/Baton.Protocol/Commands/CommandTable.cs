namespace Baton.Protocol.Commands;

/// <summary>Commands by name. Immutable and thread-safe; lookups take the bytes as a client spelled them, in any letter case, and allocate nothing.</summary>
public sealed class CommandTable
{
    /// <summary>Every command of Redis 7.4 and the ones Garnet adds, with arity, flags and key positions (checked in, see <c>RedisCommands.cs</c>).</summary>
    public static CommandTable Redis => throw new NotImplementedException();

    /// <summary>Makes a table of the given rows.</summary>
    public CommandTable(IEnumerable<CommandInfo> commands) => throw new NotImplementedException();

    /// <summary>All rows.</summary>
    public IReadOnlyCollection<CommandInfo> All => throw new NotImplementedException();

    /// <summary>Finds a command, or its subcommand's row when there is one (<c>CLIENT</c>, <c>SETNAME</c>); the container's row when the subcommand is unknown.</summary>
    public CommandInfo? Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> subcommand = default) => throw new NotImplementedException();

    /// <summary>Only the rows that satisfy the predicate.</summary>
    public CommandTable Where(Func<CommandInfo, bool> keep) => throw new NotImplementedException();

    /// <summary>Reads the reply of <c>COMMAND</c> (RESP2 or 3, with or without subcommands). Rows known to <see cref="Redis"/> keep its flags and key rules.</summary>
    public static CommandTable FromCommandReply(ReadOnlySpan<byte> reply) => throw new NotImplementedException();
}
