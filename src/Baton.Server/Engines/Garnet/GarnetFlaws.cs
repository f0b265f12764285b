using System.Collections.Frozen;

namespace Baton.Server.Engines.Garnet;

/// <summary>Commands Garnet names in <c>COMMAND</c> that a database must not offer, and why.</summary>
internal static class GarnetFlaws
{
    private static readonly FrozenSet<string> Names = new[]
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

    /// <summary>True when the command, or the container of a subcommand such as <c>CLUSTER|NODES</c>, is left out.</summary>
    public static bool Has(string name)
    {
        int bar = name.IndexOf('|', StringComparison.Ordinal);
        return Names.Contains(bar < 0 ? name : name[..bar]);
    }
}
