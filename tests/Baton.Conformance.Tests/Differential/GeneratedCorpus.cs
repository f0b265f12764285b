namespace Baton.Conformance.Tests.Differential;

/// <summary>Scripts made from COMMAND DOCS of the plain server and from the proxy's own command table.</summary>
public static class GeneratedCorpus
{
    /// <summary>Not said by this corpus: they end or change the server, or are no one-reply commands; the written corpus has them.</summary>
    private static readonly HashSet<string> Elsewhere =
    [
        "SHUTDOWN", "REPLICAOF", "SLAVEOF", "FAILOVER", "SYNC", "PSYNC", "REPLCONF", "DEBUG", "MONITOR", "MIGRATE", "SAVE", "BGSAVE", "BGREWRITEAOF",
        "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "QUIT", "RESET", "HELLO", "AUTH", "MULTI", "EXEC",
        "DISCARD", "WATCH", "SELECT", "SWAPDB", "CLIENT REPLY", "CLIENT KILL", "CLIENT PAUSE", "CLIENT UNPAUSE", "CLIENT TRACKING", "CLIENT UNBLOCK",
        "CLIENT NO-EVICT", "CONFIG SET", "CONFIG REWRITE", "CONFIG RESETSTAT", "ACL SETUSER", "ACL DELUSER", "ACL LOAD", "ACL SAVE", "MODULE LOAD",
        "MODULE LOADEX", "MODULE UNLOAD", "FLUSHALL", "FLUSHDB", "SCRIPT DEBUG", "SCRIPT KILL", "FUNCTION KILL", "LATENCY RESET", "COMMAND DOCS",
        "COMMAND", "COMMAND INFO", "WAIT", "LOLWUT", "PFSELFTEST", "MEMORY DOCTOR", "MEMORY MALLOC-STATS", "MEMORY STATS",
    ];

    /// <summary>What they leave behind is chance.</summary>
    private static readonly HashSet<string> LeavesChance = ["spop"];

    private static readonly string[] Setup =
    [
        "DEL {t}str {t}int {t}list {t}set {t}ints {t}zset {t}hash {t}geo {t}stream {t}hll {t}ttl {t}none {t} {t}dst v {t}extra {t}more",
        "SET {t}str hello", "SET {t}int 10", "RPUSH {t}list a b c 1 2", "SADD {t}set a b c", "SADD {t}ints 1 2 3", "ZADD {t}zset 1 a 2 b 3 c",
        "HSET {t}hash f1 v1 f2 2 f3 1.5", "GEOADD {t}geo 13.4 52.5 a 2.35 48.85 b", "XADD {t}stream 1-1 f v", "XADD {t}stream 2-1 f w",
        "XGROUP CREATE {t}stream g 0", "PFADD {t}hll a b c", "SET {t}ttl v EX 1000",
    ];

    private static readonly string[] Probes = ["TYPE", "GET", "LRANGE k 0 -1", "SMEMBERS", "ZRANGE k 0 -1 WITHSCORES", "HGETALL", "PERSIST"];

    /// <summary>One script per command and form; every phrase in it begins with the same keys.</summary>
    public static IEnumerable<Script> Of(IReadOnlyList<DocumentedCommand> commands)
    {
        foreach (var command in commands.Where(command => !Elsewhere.Contains(command.Name)))
        {
            var phrases = PhraseMaker.Of(command);
            yield return Make(command, Form.Resp2, phrases);
            yield return Make(command, Form.Resp3, phrases.Where(phrase => phrase.Trial != Trial.Count));
            yield return Make(command, Form.Multi, phrases.Where(phrase => phrase.Trial != Trial.Value));
            yield return Make(command, Form.Eval, phrases.Where(phrase => phrase.Trial != Trial.Value));
            yield return Make(command, Form.Inline, phrases.Where(phrase => phrase.Trial is Trial.Plain or Trial.Count));
        }
    }

    private static Script Make(DocumentedCommand command, Form form, IEnumerable<Phrase> phrases) =>
        new(command.Name, form, [.. phrases.SelectMany(phrase => Steps(phrase, form))]);

    private static IEnumerable<Step> Steps(Phrase phrase, Form form)
    {
        var setup = Setup.Select(line => new Step('A', line.Split(' '), 1, Compared: false));
        var said = Forms.Say("", form, [new Step('A', phrase.Words)]).Steps;
        var probes = form == Form.Resp2 && phrase.Trial == Trial.Shape && !LeavesChance.Contains(phrase.Words[0]) ? phrase.Words.Where(IsKey).Distinct().SelectMany(Probe) : [];
        return [.. setup, .. said, .. probes];
    }

    private static bool IsKey(string word) => word.StartsWith("{t}", StringComparison.Ordinal);

    private static IEnumerable<Step> Probe(string key) => Probes.Select(probe =>
    {
        var words = probe.Split(' ');
        return new Step('A', words is [var name, _, ..] ? [name, key, .. words[2..]] : [words[0], key]) { Follows = true };
    });
}
