using Baton.Protocol.Commands;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines;

/// <summary>
/// The user as which the proxies come to an engine. It has every command but those that are refused by name, so that no script, function or transaction
/// reaches them either, and no engine's odd path. The cluster's own orders come as the engine's default user. A user is a setting of the running
/// instance: it is made whenever one has started.
/// <code>
/// engine   default user: movers, probes, orders        data user: clients' commands
/// redis    everything                                  everything but the refused
/// garnet   everything; fenced with the data user       everything but the refused and what Garnet gets wrong
/// </code>
/// </summary>
/// <param name="Rights">The rules that give it what it has.</param>
public sealed record DataUser(IReadOnlyList<string> Rights)
{
    /// <summary>Its name.</summary>
    public const string Name = "baton-data";

    /// <summary>The user that lacks what is denied; commands the engine does not know are left out.</summary>
    /// <param name="known">The engine's own table.</param>
    /// <param name="denied">What it must not do.</param>
    internal static DataUser Without(CommandTable known, IEnumerable<string> denied)
    {
        HashSet<string> names = known.All.Select(static command => command.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        HashSet<string> taken = denied.Where(names.Contains).ToHashSet(StringComparer.OrdinalIgnoreCase);

        // What is denied whole needs no rule for its parts, and Garnet knows some only by the whole.
        IEnumerable<string> rules = taken.Where(name => !taken.Contains(name.Split('|')[0]) || !name.Contains('|', StringComparison.Ordinal));
        return new DataUser(["+@all", .. rules.Select(static name => "-" + name.ToLowerInvariant()).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Makes the user.</summary>
    /// <param name="link">As the default user.</param>
    /// <param name="secret">The instance's password: both users have the same.</param>
    /// <param name="places">Which keys and channels, where the engine can tell them apart.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EngineException">The engine refused, or cannot be reached.</exception>
    internal Task CreateAsync(EngineControl link, string secret, string[] places, CancellationToken cancellationToken) =>
        link.DemandAsync(["ACL", "SETUSER", Name, "on", ">" + secret, .. places, .. Rights], cancellationToken);
}
