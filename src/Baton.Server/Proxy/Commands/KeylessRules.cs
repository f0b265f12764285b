namespace Baton.Server.Proxy.Commands;

/// <summary>
/// The rule of every command that names no keys and is sent to an engine: whom it is about over several shards, and how the answers become one. With
/// one shard each is simply sent on. A test fails when a command without keys has no row here, in <see cref="CommandRules"/> or in
/// <see cref="RefusedCommands"/>.
/// <code>
/// Any       the same on every shard: the first is asked        COMMAND, TIME, HELP, an unknown subcommand's error
/// fan-out   about the whole database: all are asked            SLOWLOG, LATENCY, MEMORY, PUBSUB, FUNCTION
/// OneShard  what it means over several is not known: refused   a module's own commands
/// </code>
/// </summary>
internal static class KeylessRules
{
    /// <summary>Adds the rows.</summary>
    public static void Add(Dictionary<string, (CommandHandler Handler, CommandPolicy Policy)> rules)
    {
        AddAny(rules);
        AddKeyspace(rules);
        AddPubSub(rules);
        AddFunctions(rules);
        AddObservation(rules);
        foreach (string name in (string[])["COMMITAOF", "EXPDELSCAN", "RUNTXP"])
        {
            rules[name] = (FanOutCommands.OneShard, CommandPolicy.None);
        }
    }

    private static void AddAny(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        foreach (string name in (string[])[
            "OBJECT", "XGROUP", "XINFO", "PUBSUB", "FUNCTION", "SCRIPT", "ACL", "COMMAND", "CONFIG", "LATENCY", "MEMORY", "MODULE", "SLOWLOG"])
        {
            rules[name] = (FanOutCommands.Any, CommandPolicy.None);
            rules[name + "|HELP"] = (FanOutCommands.Any, CommandPolicy.None);
        }

        foreach (string name in (string[])[
            "ACL|CAT", "ACL|GENPASS", "COMMAND|COUNT", "COMMAND|DOCS", "COMMAND|GETKEYS", "COMMAND|GETKEYSANDFLAGS", "COMMAND|INFO", "COMMAND|LIST",
            "MODULE|LIST", "FUNCTION|LIST", "FUNCTION|DUMP", "LOLWUT", "TIME", "PFSELFTEST", "LASTSAVE", "CLIENT"])
        {
            rules[name] = (FanOutCommands.Any, CommandPolicy.None);
        }
    }

    private static void AddKeyspace(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        rules["DBSIZE"] = (FanOutCommands.Sum, CommandPolicy.OnAllShards);
        rules["FLUSHALL"] = (FanOutCommands.Same, CommandPolicy.OnAllShards);
        rules["FLUSHDB"] = (FanOutCommands.Same, CommandPolicy.OnAllShards);
        rules["SWAPDB"] = (FanOutCommands.Same, CommandPolicy.OnAllShards);
        rules["KEYS"] = (FanOutCommands.Concatenate, CommandPolicy.OnAllShards);
        rules["RANDOMKEY"] = (RandomKeyCommand.RandomKey, CommandPolicy.OnAllShards);
    }

    private static void AddPubSub(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        // A subscriber listens on every shard (on its slot's, for sharded channels): what is counted on each is the same clients.
        rules["PUBSUB|CHANNELS"] = (FanOutCommands.Channels, CommandPolicy.OnAllShards);
        rules["PUBSUB|SHARDCHANNELS"] = (FanOutCommands.Union, CommandPolicy.OnAllShards);
        rules["PUBSUB|NUMPAT"] = (FanOutCommands.Largest, CommandPolicy.OnAllShards);
        rules["PUBSUB|NUMSUB"] = (FanOutCommands.Largest, CommandPolicy.OnAllShards);
        rules["PUBSUB|SHARDNUMSUB"] = (FanOutCommands.Largest, CommandPolicy.OnAllShards);
    }

    private static void AddFunctions(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        foreach (string name in (string[])["FUNCTION|LOAD", "FUNCTION|DELETE", "FUNCTION|FLUSH", "FUNCTION|RESTORE"])
        {
            rules[name] = (FunctionChange.Start, CommandPolicy.OnAllShards);
        }

        rules["FUNCTION|STATS"] = (ObservationCommands.FunctionStats, CommandPolicy.OnAllShards);
    }

    private static void AddObservation(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        rules["CONFIG|RESETSTAT"] = (FanOutCommands.Same, CommandPolicy.OnAllShards);
        rules["SLOWLOG|GET"] = (ObservationCommands.SlowLog, CommandPolicy.OnAllShards);
        rules["SLOWLOG|LEN"] = (FanOutCommands.Sum, CommandPolicy.OnAllShards);
        rules["SLOWLOG|RESET"] = (FanOutCommands.Same, CommandPolicy.OnAllShards);
        rules["LATENCY|LATEST"] = (LatencyCommands.Latest, CommandPolicy.OnAllShards);
        rules["LATENCY|HISTORY"] = (LatencyCommands.History, CommandPolicy.OnAllShards);
        rules["LATENCY|HISTOGRAM"] = (LatencyCommands.Histogram, CommandPolicy.OnAllShards);
        rules["LATENCY|RESET"] = (FanOutCommands.Largest, CommandPolicy.OnAllShards);
        rules["LATENCY|DOCTOR"] = (ObservationCommands.Texts, CommandPolicy.OnAllShards);
        rules["LATENCY|GRAPH"] = (ObservationCommands.Texts, CommandPolicy.OnAllShards);
        rules["MEMORY|DOCTOR"] = (ObservationCommands.Texts, CommandPolicy.OnAllShards);
        rules["MEMORY|MALLOC-STATS"] = (ObservationCommands.Texts, CommandPolicy.OnAllShards);
        rules["MEMORY|PURGE"] = (FanOutCommands.Same, CommandPolicy.OnAllShards);
        rules["MEMORY|STATS"] = (ObservationCommands.MemoryStats, CommandPolicy.OnAllShards);
    }
}
