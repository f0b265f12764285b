using Baton.Protocol.Commands;

namespace Baton.Server.Proxy.Commands;

/// <summary>Every command the proxy knows, with who carries it out. Immutable and thread-safe; a lookup allocates nothing.</summary>
internal static class CommandCatalog
{
    /// <summary>Redis' table and the one command no engine has.</summary>
    private static readonly CommandTable Table = new(
        [.. CommandTable.Redis.All, new CommandInfo("CLIENT|MAINT_NOTIFICATIONS", -3, CommandFlags.NoScript | CommandFlags.NoMulti, 0, 0, 0)]);

    private static readonly Dictionary<string, (CommandHandler Handler, CommandPolicy Policy)> Rules = CommandRules.All();

    /// <summary>Commands with subcommands. (DEBUG is none to Redis.)</summary>
    private static readonly HashSet<string> Containers =
        [.. Table.All.Select(info => info.Name.Split('|')).Where(words => words is [not "DEBUG", _]).Select(words => words[0])];

    private static readonly CommandEntry[] Entries = [.. Table.All.Select(MakeEntry)];

    private static readonly Dictionary<CommandInfo, CommandEntry> ByInfo =
        Entries.ToDictionary(entry => entry.Info, ReferenceEqualityComparer.Instance as IEqualityComparer<CommandInfo>);

    private static readonly ShortNames Short = new(Entries);

    private static readonly Dictionary<string, CommandEntry> ByName =
        Entries.ToDictionary(entry => entry.Info.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>All entries; an entry's place is its <see cref="CommandEntry.Index"/>.</summary>
    public static IReadOnlyList<CommandEntry> All => Entries;

    /// <summary>The entry for a command as a client spelled it, or null.</summary>
    public static CommandEntry? Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> subcommand) =>
        Short.Find(name) ?? (Table.Find(name, subcommand) is { } info ? ByInfo[info] : null);

    /// <summary>The entry with the name of a row of whatever table, or null.</summary>
    public static CommandEntry? Find(CommandInfo info) => ByName.GetValueOrDefault(info.Name);

    /// <summary>
    /// A command only the engine knows (a module's), as its own table says: one that may wait gets a link of its own, one whose keys are not known is
    /// for databases of one shard.
    /// </summary>
    public static CommandEntry EngineOwn(CommandInfo info)
    {
        CommandHandler handler = TimeoutFinder.MayWait(info) ? BlockingCommands.Block
            : info.FirstKey == 0 ? FanOutCommands.OneShard
            : CommandEntry.Forward;
        return new CommandEntry(info, handler, CommandPolicy.None, -1);
    }

    private static CommandEntry MakeEntry(CommandInfo info, int index)
    {
        (CommandHandler handler, CommandPolicy policy) = RuleOf(info.Name);
        return new CommandEntry(info, handler, policy, index) { IsContainer = Containers.Contains(info.Name) };
    }

    private static (CommandHandler Handler, CommandPolicy Policy) RuleOf(string name)
    {
        if (Rules.TryGetValue(name, out (CommandHandler Handler, CommandPolicy Policy) rule))
        {
            return rule;
        }

        int bar = name.IndexOf('|', StringComparison.Ordinal);
        return bar > 0 && Rules.TryGetValue(name[..bar] + "|*", out rule) ? rule : (CommandEntry.Forward, CommandPolicy.None);
    }
}
