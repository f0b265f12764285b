using System.Runtime.CompilerServices;
using Baton.Protocol.Commands;
using Baton.Server.Engines;

namespace Baton.Server.Proxy.Commands;

/// <summary>Which commands of the catalog one engine has. Immutable; made once per <see cref="EngineCapabilities"/>.</summary>
internal sealed class EngineSupport
{
    private static readonly ConditionalWeakTable<EngineCapabilities, EngineSupport> Cache = [];

    private readonly bool[] _has;
    private readonly CommandForm[]?[] _forms;
    private readonly bool[] _lapses;
    private readonly CommandInfo[] _counts;
    private readonly Dictionary<string, CommandEntry> _own = new(StringComparer.OrdinalIgnoreCase);

    private EngineSupport(EngineCapabilities capabilities)
    {
        Capabilities = capabilities;
        _has = [.. CommandCatalog.All.Select(entry =>
            (entry.Has(CommandPolicy.Local) && !entry.Has(CommandPolicy.NeedsEngine)) || EngineHas(capabilities.Commands, entry.Info.Name))];
        _forms = [.. CommandCatalog.All.Select(entry => CommandForms.Find(capabilities.Kind, entry.Info.Name))];
        _lapses = [.. CommandCatalog.All.Select(entry => LapsedKeys.Concern(capabilities.Kind, entry.Info.Name))];
        Dictionary<string, CommandInfo> told = capabilities.Commands.All.ToDictionary(info => info.Name, StringComparer.OrdinalIgnoreCase);

        // How many arguments a command takes changes between versions of Redis; what Garnet tells about itself is wrong in places.
        _counts = [.. CommandCatalog.All.Select(entry => entry.Has(CommandPolicy.Local) || capabilities.Kind == EngineKind.Garnet
            ? entry.Info
            : told.GetValueOrDefault(entry.Info.Name, entry.Info))];
        foreach (CommandInfo info in capabilities.Commands.All)
        {
            if (CommandCatalog.Find(info) is null)
            {
                _own[info.Name] = CommandCatalog.EngineOwn(info);
            }
        }
    }

    /// <summary>What it was made from.</summary>
    public EngineCapabilities Capabilities { get; }

    /// <summary>The support table of an engine.</summary>
    public static EngineSupport Of(EngineCapabilities capabilities) => Cache.GetValue(capabilities, static made => new EngineSupport(made));

    /// <summary>The engine (or the proxy itself) can carry the command out.</summary>
    public bool Has(CommandEntry entry) => entry.Index < 0 || _has[entry.Index];

    /// <summary>The engine can carry out every form of the command as it stands.</summary>
    public bool HasAllOf(CommandEntry entry) => Has(entry) && FormsOf(entry) is null && !NeedsLapsedGone(entry);

    /// <summary>A key of the command whose time is over is to be taken away first (<see cref="LapsedKeys"/>).</summary>
    public bool NeedsLapsedGone(CommandEntry entry) => entry.Index >= 0 && _lapses[entry.Index];

    /// <summary>The forms of the command that the engine gets wrong, or null.</summary>
    public CommandForm[]? FormsOf(CommandEntry entry) => entry.Index < 0 ? null : _forms[entry.Index];

    /// <summary>The command may have so many arguments, its name included.</summary>
    public bool AcceptsArgumentCount(CommandEntry entry, int count) =>
        (entry.Index < 0 ? entry.Info : _counts[entry.Index]).AcceptsArgumentCount(count);

    /// <summary>A command of a module, unknown to Redis' table.</summary>
    public CommandEntry? FindOwn(ReadOnlySpan<byte> name, ReadOnlySpan<byte> subcommand) =>
        _own.Count > 0 && Capabilities.Commands.Find(name, subcommand) is { } info ? _own.GetValueOrDefault(info.Name) : null;

    private static bool EngineHas(CommandTable table, string name)
    {
        int bar = name.IndexOf('|', StringComparison.Ordinal);
        if (bar < 0)
        {
            return table.Find(System.Text.Encoding.ASCII.GetBytes(name)) is not null;
        }

        byte[] container = System.Text.Encoding.ASCII.GetBytes(name[..bar]);
        byte[] sub = System.Text.Encoding.ASCII.GetBytes(name[(bar + 1)..]);
        CommandInfo? found = table.Find(container, sub);

        // An engine whose COMMAND lists no subcommands at all is taken at its container's word.
        return found is not null && (found.Name.Contains('|', StringComparison.Ordinal)
            || !table.All.Any(row => row.Name.StartsWith(name[..(bar + 1)], StringComparison.OrdinalIgnoreCase)));
    }
}
