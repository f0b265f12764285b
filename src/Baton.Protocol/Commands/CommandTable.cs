namespace Baton.Protocol.Commands;

/// <summary>
/// Commands by name. Immutable and thread-safe; lookups take the bytes as a client spelled them, in any letter case, and allocate
/// nothing.
/// </summary>
public sealed class CommandTable
{
    private readonly CommandIndex _index;
    private readonly CommandInfo[] _all;

    /// <summary>Makes a table of the given rows.</summary>
    /// <exception cref="ArgumentException">Two rows have the same name, or a name is empty or not ASCII.</exception>
    public CommandTable(IEnumerable<CommandInfo> commands)
    {
        ArgumentNullException.ThrowIfNull(commands);
        _all = [.. commands];
        _index = CommandIndex.Create(_all);
    }

    /// <summary>
    /// Every command of Redis 7.4 and the ones Garnet adds, with arity, flags and key positions (checked in, see
    /// <c>RedisDataCommands.cs</c>).
    /// </summary>
    public static CommandTable Redis { get; } = new([.. RedisDataCommands.Rows, .. RedisServerCommands.Rows, .. GarnetCommands.Rows]);

    /// <summary>All rows.</summary>
    public IReadOnlyCollection<CommandInfo> All => _all;

    /// <summary>
    /// Finds a command, or its subcommand's row when there is one (<c>CLIENT</c>, <c>SETNAME</c>); the container's row when the
    /// subcommand is unknown.
    /// </summary>
    public CommandInfo? Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> subcommand = default) => _index.Find(name, subcommand);

    /// <summary>Only the rows that satisfy the predicate.</summary>
    public CommandTable Where(Func<CommandInfo, bool> keep) => new(_all.Where(keep));

    /// <summary>
    /// Reads the reply of <c>COMMAND</c> (RESP2 or 3, with or without subcommands). Rows known to <see cref="Redis"/> keep its flags
    /// and key rules;
    /// their arity is the engine's, except for Garnet's own commands. A container that names no subcommands gets those of <see
    /// cref="Redis"/>.
    /// </summary>
    /// <exception cref="Resp.RespFormatException">The reply is not that of <c>COMMAND</c>.</exception>
    public static CommandTable FromCommandReply(ReadOnlySpan<byte> reply) => new(CommandReplyParser.Parse(reply));
}
