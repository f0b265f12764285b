using System.Collections.Frozen;
using Baton.Server.Engines;

namespace Baton.Server.Proxy.Commands;

/// <summary>Something of Redis that a database on an engine refuses by name.</summary>
/// <param name="Command">As clients spell it: <c>CLIENT TRACKING</c>.</param>
/// <param name="Form">The form of its arguments that is meant; null = the command as a whole.</param>
/// <param name="Reason">The error a client gets, without its code and the name.</param>
internal sealed record EngineGap(string Command, string? Form, string Reason);

/// <summary>What an engine lacks: the catalog without what the engine has, and the forms it gets wrong. Pure.</summary>
internal static class EngineGaps
{
    // Names of the catalog that no Redis has.
    private static readonly FrozenSet<string> NotOfRedis = new[]
    {
        "ASYNC", "COMMITAOF", "EXPDELSCAN", "FORCEGC", "HCOLLECT", "MODULE|LOADCS", "PURGEBP", "REGISTERCS", "RUNTXP", "SECONDARYOF", "WATCHMS",
        "WATCHOS", "ZCOLLECT",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The rows, by command.</summary>
    public static IReadOnlyList<EngineGap> Of(EngineCapabilities capabilities)
    {
        EngineSupport support = EngineSupport.Of(capabilities);
        IEnumerable<EngineGap> missing = CommandCatalog.All
            .Where(entry => !support.Has(entry) && !NotOfRedis.Contains(entry.Info.Name))
            .Select(entry => new EngineGap(Spell(entry.Info.Name), null, MissingCommand.Why(entry.Info.Name, capabilities)));
        IEnumerable<EngineGap> wrong = CommandForms.Of(capabilities.Kind)
            .Where(form => form is { Rewrite: null, Error: null })
            .Select(form => new EngineGap(Spell(form.Command), form.Form, $"the embedded engine {form.Reason}"));
        return [.. missing.Concat(wrong).OrderBy(gap => gap.Command, StringComparer.Ordinal).ThenBy(gap => gap.Form, StringComparer.Ordinal)];
    }

    private static string Spell(string name) => name.Replace('|', ' ');
}
