namespace Baton.Server.Proxy.Commands;

/// <summary>
/// Which commands are not simply sent to the shard of their keys. <c>X|*</c> stands for every subcommand of X without a row of its
/// own.
/// </summary>
internal static class CommandRules
{
    private const CommandPolicy Local = CommandPolicy.Local | CommandPolicy.NotInMulti;
    private const CommandPolicy AtExec = CommandPolicy.Local | CommandPolicy.AtExec;
    private const CommandPolicy InMulti = CommandPolicy.Local | CommandPolicy.RunsInMulti;
    private const CommandPolicy Subscriber = CommandPolicy.RunsSubscribed;

    /// <summary>The rows, by upper-case name.</summary>
    public static Dictionary<string, (CommandHandler Handler, CommandPolicy Policy)> All()
    {
        Dictionary<string, (CommandHandler, CommandPolicy)> rules = new(StringComparer.OrdinalIgnoreCase);
        AddConnection(rules);
        AddClient(rules);
        AddTransactions(rules);
        AddKeyspace(rules);
        AddBlocking(rules);
        AddPubSub(rules);
        AddServer(rules);
        foreach ((string name, string reason) in RefusedCommands.Reasons)
        {
            rules[name] = ((session, command) => RefusedCommands.Refuse(session, command, reason), InMulti);
        }

        return rules;
    }

    private static void AddConnection(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        rules["PING"] = (ConnectionCommands.Ping, CommandPolicy.Local | Subscriber);
        rules["ECHO"] = (ConnectionCommands.Echo, CommandPolicy.Local);
        rules["HELLO"] = (ConnectionCommands.Hello, Local);
        rules["AUTH"] = (ConnectionCommands.Auth, AtExec);
        rules["SELECT"] = (ConnectionCommands.Select, CommandPolicy.Local);
        rules["QUIT"] = (ConnectionCommands.Quit, InMulti | Subscriber);
        rules["RESET"] = (ConnectionCommands.Reset, InMulti | Subscriber);
        rules["ACL|WHOAMI"] = (static (session, _) => session.Bulk("default"), AtExec);
    }

    private static void AddClient(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        rules["CLIENT"] = (ClientCommands.Unknown, InMulti);
        rules["CLIENT|*"] = (ClientCommands.Unknown, InMulti);
        rules["CLIENT|SETNAME"] = (ClientCommands.SetName, AtExec);
        rules["CLIENT|GETNAME"] = (ClientCommands.GetName, AtExec);
        rules["CLIENT|SETINFO"] = (ClientCommands.SetInfo, AtExec);
        rules["CLIENT|ID"] = (ClientCommands.Id, AtExec);
        rules["CLIENT|INFO"] = (ClientCommands.Info, AtExec);
        rules["CLIENT|LIST"] = (ClientDirectoryCommands.List, AtExec);
        rules["CLIENT|KILL"] = (ClientDirectoryCommands.Kill, AtExec);
        rules["CLIENT|UNBLOCK"] = (ClientDirectoryCommands.Unblock, AtExec);
        rules["CLIENT|REPLY"] = (ClientCommands.Reply, Local);
        rules["CLIENT|GETREDIR"] = (TrackingCommands.GetRedirection, AtExec | CommandPolicy.NeedsEngine);
        rules["CLIENT|HELP"] = (ClientCommands.Help, AtExec);
        rules["CLIENT|MAINT_NOTIFICATIONS"] = (ClientCommands.MaintNotifications, Local);
        rules["CLIENT|TRACKING"] = (TrackingCommands.Tracking, Local | CommandPolicy.NeedsEngine);
        rules["CLIENT|CACHING"] = (TrackingCommands.Caching, Local | CommandPolicy.NeedsEngine);
        rules["CLIENT|TRACKINGINFO"] = (TrackingCommands.Info, Local | CommandPolicy.NeedsEngine);
    }

    private static void AddTransactions(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        rules["MULTI"] = (Transactions.Multi, InMulti);
        rules["EXEC"] = (Transactions.Exec, InMulti);
        rules["DISCARD"] = (Transactions.Discard, InMulti);
        rules["WATCH"] = (Transactions.Watch, InMulti);
        rules["UNWATCH"] = (Transactions.Unwatch, CommandPolicy.Local);
    }

    private static void AddKeyspace(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        foreach (string name in (string[])["DEL", "UNLINK", "EXISTS", "TOUCH"])
        {
            rules[name] = (SplitCommands.SumOverKeys, CommandPolicy.None);
        }

        rules["MGET"] = (SplitCommands.MGet, CommandPolicy.None);
        rules["MSET"] = (SplitCommands.MSet, CommandPolicy.None);
        rules["DBSIZE"] = (FanOutCommands.Sum, CommandPolicy.OnAllShards);
        rules["FLUSHALL"] = (FanOutCommands.Ok, CommandPolicy.OnAllShards);
        rules["FLUSHDB"] = (FanOutCommands.Ok, CommandPolicy.OnAllShards);
        rules["SWAPDB"] = (FanOutCommands.Ok, CommandPolicy.OnAllShards);
        rules["KEYS"] = (FanOutCommands.Concatenate, CommandPolicy.OnAllShards);
        rules["SCAN"] = (ScanCommand.Scan, CommandPolicy.OnAllShards);
        rules["RANDOMKEY"] = (FanOutCommands.FirstNotNull, CommandPolicy.None);
        rules["EVAL"] = (ScriptCommands.Eval, CommandPolicy.None);
        rules["EVAL_RO"] = (ScriptCommands.Eval, CommandPolicy.None);
        rules["EVALSHA"] = (ScriptCommands.EvalSha, CommandPolicy.None);
        rules["EVALSHA_RO"] = (ScriptCommands.EvalSha, CommandPolicy.None);
        rules["SCRIPT|LOAD"] = (ScriptCommands.Load, CommandPolicy.None);
        rules["SCRIPT|FLUSH"] = (ScriptCommands.Flush, CommandPolicy.OnAllShards);
        rules["SCRIPT|EXISTS"] = (ScriptCommands.Exists, CommandPolicy.None);
        rules["SCRIPT|KILL"] = (ScriptKillCommand.Kill, CommandPolicy.NotInMulti);
        rules["FUNCTION|KILL"] = (ScriptKillCommand.Kill, CommandPolicy.NotInMulti);
        rules["FUNCTION|LOAD"] = (FanOutCommands.Same, CommandPolicy.OnAllShards);
        rules["FUNCTION|DELETE"] = (FanOutCommands.Ok, CommandPolicy.OnAllShards);
        rules["FUNCTION|FLUSH"] = (FanOutCommands.Ok, CommandPolicy.OnAllShards);
        rules["FUNCTION|RESTORE"] = (FanOutCommands.Ok, CommandPolicy.OnAllShards);
    }

    private static void AddBlocking(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        foreach (string name in (string[])["BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "XREAD", "XREADGROUP"])
        {
            rules[name] = (BlockingCommands.Block, CommandPolicy.None);
        }

        rules["WAIT"] = (BlockingCommands.Wait, CommandPolicy.None);
        rules["WAITAOF"] = (BlockingCommands.Wait, CommandPolicy.None);
        rules["MONITOR"] = (MonitorCommand.Monitor, Local | CommandPolicy.NeedsEngine);
    }

    private static void AddPubSub(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        foreach (string name in (string[])["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE"])
        {
            rules[name] = (PubSubCommands.Change, Subscriber | CommandPolicy.NotInMulti);
        }

        rules["PUBLISH"] = (PubSubCommands.Publish, CommandPolicy.None);
        rules["SPUBLISH"] = (PubSubCommands.Publish, CommandPolicy.None);
        rules["PUBSUB|CHANNELS"] = (FanOutCommands.Concatenate, CommandPolicy.None);
        rules["PUBSUB|SHARDCHANNELS"] = (FanOutCommands.Concatenate, CommandPolicy.None);
        rules["PUBSUB|NUMPAT"] = (FanOutCommands.Sum, CommandPolicy.None);
    }

    private static void AddServer(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        rules["INFO"] = (ServerCommands.Info, CommandPolicy.None);
        rules["CONFIG|GET"] = (ConfigCommands.Get, CommandPolicy.NotInMulti);
        rules["CONFIG|SET"] = (ConfigCommands.Set, CommandPolicy.NotInMulti);
        rules["CONFIG|RESETSTAT"] = (FanOutCommands.Ok, CommandPolicy.OnAllShards);
        rules["ROLE"] = (ServerCommands.Role, AtExec);
    }
}
