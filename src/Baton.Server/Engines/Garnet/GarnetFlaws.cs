using System.Collections.Frozen;

namespace Baton.Server.Engines.Garnet;

/// <summary>Commands Garnet names in <c>COMMAND</c> that a database must not offer, and why.</summary>
internal static class GarnetFlaws
{
    /// <summary>They are what they are named for in Redis, but wrong: name, and what to say about it. (Wrong in some forms only: the
    /// proxy's CommandForms.)</summary>
    public static FrozenDictionary<string, string> Wrong { get; } = new Dictionary<string, string>
    {
        // It answers an error and moves later writes of other connections to another database; a connection's own database is no longer what it chose.
        ["SWAPDB"] = "exchanges databases under connections that use them",

        // AND ignores keys that are missing instead of taking them for zeros; when all are missing, what the destination held before stays.
        ["BITOP"] = "does not take missing keys for zeros",

        // A destination that is a list or any string is overwritten, with +OK.
        ["PFMERGE"] = "overwrites a destination of another type",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> LeftOut = new[]
    {
        // Strings only: nil or an error for every other type.
        "DUMP", "RESTORE",

        // Only with its own cluster mode, which is not used: it loses keys at failover.
        "ASKING", "CLUSTER", "FAILOVER", "MIGRATE", "READONLY", "READWRITE", "REPLICAOF", "SECONDARYOF", "SLAVEOF",
        "SPUBLISH", "SSUBSCRIBE",

        // They act on the process that hosts every shard, or let code into it.
        "COMMITAOF", "DEBUG", "FORCEGC", "MODULE", "PURGEBP", "REGISTERCS", "RUNTXP", "SHUTDOWN",

        // Variants of WATCH for one of its two stores; WATCH itself covers both.
        "WATCHMS", "WATCHOS",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Order to the engine that gives its user every right but those to what no client may reach, by whatever way: a script, an
    /// error of the proxy.</summary>
    public static string[] OpenAccess { get; } =
    [
        "ACL", "SETUSER", "default", "+@all",
        .. Wrong.Keys.Order(StringComparer.Ordinal).Select(name => $"-{name.ToLowerInvariant()}"),
        "-dump", "-restore", "-asking", "-cluster", "-failover", "-migrate", "-readonly", "-readwrite", "-replicaof", "-secondaryof",
        "-spublish", "-ssubscribe", "-commitaof", "-debug", "-module", "-registercs", "-runtxp", "-watchms", "-watchos", "-save", "-bgsave", "-lastsave",
        "-monitor", "-expdelscan", "-async", "-acl|deluser", "-acl|load", "-acl|save", "-config|rewrite",
    ];

    /// <summary>What that order takes away, by name: from clients' user too.</summary>
    public static IEnumerable<string> Denied => OpenAccess.Where(static rule => rule.StartsWith('-')).Select(static rule => rule[1..].ToUpperInvariant());

    /// <summary>True when the command, or the container of a subcommand such as <c>CLUSTER|NODES</c>, is left out.</summary>
    public static bool Has(string name)
    {
        int bar = name.IndexOf('|', StringComparison.Ordinal);
        string command = bar < 0 ? name : name[..bar];
        return LeftOut.Contains(command) || Wrong.ContainsKey(command);
    }
}
