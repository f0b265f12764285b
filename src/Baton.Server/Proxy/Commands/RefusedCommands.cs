using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>Commands that would change what belongs to the cluster, or that a proxy cannot carry out: refused by name.</summary>
internal static class RefusedCommands
{
    private const string Replication = "replication is the cluster's business; use baton migrate or baton failover";
    private const string Persistence = "persistence is the cluster's business (--persist)";
    private const string ClusterMode = "This instance has cluster support disabled";
    private const string Users = "the database has one password and no users";

    /// <summary>Name and why. A text that starts with a capital letter is Redis' own and is the whole error.</summary>
    public static IReadOnlyList<(string Name, string Reason)> Reasons { get; } =
    [
        ("CLUSTER", ClusterMode), ("CLUSTER|*", ClusterMode), ("READONLY", ClusterMode), ("READWRITE", ClusterMode), ("ASKING", ClusterMode),
        ("REPLICAOF", Replication), ("SLAVEOF", Replication), ("FAILOVER", Replication), ("SYNC", Replication), ("PSYNC", Replication),
        ("REPLCONF", Replication), ("MIGRATE", Replication),
        ("SHUTDOWN", "an engine is stopped by the cluster"), ("DEBUG", "it can stop or corrupt a shared engine"),
        ("DEBUG|*", "it can stop or corrupt a shared engine"),
        ("SAVE", Persistence), ("BGSAVE", Persistence), ("BGREWRITEAOF", Persistence),
        ("CONFIG|REWRITE", "settings are kept by the cluster"),
        ("MODULE|LOAD", "modules are loaded by the cluster"), ("MODULE|LOADEX", "modules are loaded by the cluster"),
        ("MODULE|UNLOAD", "modules are loaded by the cluster"),
        ("ACL|SETUSER", Users), ("ACL|DELUSER", Users), ("ACL|LOAD", Users), ("ACL|SAVE", Users),
        ("MODULE|LOADCS", "modules are loaded by the cluster"), ("REGISTERCS", "modules are loaded by the cluster"), ("SECONDARYOF", Replication),
        ("ASYNC", "connections to the engine are shared"), ("WATCHMS", "use WATCH"), ("WATCHOS", "use WATCH"),
        ("SCRIPT|DEBUG", "it needs a connection of its own to one engine"),
        ("CLIENT|NO-TOUCH", "connections to the engine are shared"),
    ];

    /// <summary>The reason is the text of an error of Redis.</summary>
    public static bool IsRedisOwn(string reason) => char.IsUpper(reason[0]);

    /// <summary>
    /// What is taken from the engines' user for clients' commands too: what is refused in our own words (an engine says Redis' own itself), and what the
    /// proxy answers itself because the engine's answer would tell of the cluster's users, or its doing would concern connections that are shared.
    /// </summary>
    public static IReadOnlyCollection<string> Names { get; } =
    [
        .. Reasons.Where(static refused => !IsRedisOwn(refused.Reason)).Select(static refused => refused.Name),
        "ACL|LIST", "ACL|USERS", "ACL|GETUSER", "ACL|DRYRUN", "ACL|LOG", "CLIENT|PAUSE", "CLIENT|UNPAUSE", "CLIENT|NO-EVICT",
    ];

    /// <summary>Answers with the reason.</summary>
    public static CommandOutcome Refuse(ClientSession session, CommandFrame command, string reason) =>
        session.FailCommand(IsRedisOwn(reason) ? $"ERR {reason}" : $"ERR {command.Entry.Info.Name.Replace('|', ' ')} is not available here: {reason}");
}
