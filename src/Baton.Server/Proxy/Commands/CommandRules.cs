using Baton.Protocol.Commands;

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
        KeylessRules.Add(rules);
        AddConnection(rules);
        AddClient(rules);
        AddTransactions(rules);
        AddKeyspace(rules);
        AddBlocking(rules);
        AddPubSub(rules);
        AddServer(rules);
        foreach ((string name, string reason) in RefusedCommands.Reasons)
        {
            // What Redis itself answers with an error is queued, as Redis does; what is not available here is refused at once.
            rules[name] = ((session, command) => RefusedCommands.Refuse(session, command, reason), RefusedCommands.IsRedisOwn(reason) ? AtExec : InMulti);
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
        rules["ACL|WHOAMI"] = (AclCommands.WhoAmI, AtExec);
        rules["ACL|USERS"] = (AclCommands.Users, AtExec);
        rules["ACL|LIST"] = (AclCommands.List, AtExec);
        rules["ACL|GETUSER"] = (AclCommands.GetUser, AtExec);
        rules["ACL|DRYRUN"] = (AclCommands.DryRun, AtExec);
        rules["ACL|LOG"] = (AclCommands.Log, AtExec);
    }

    private static void AddClient(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        rules["CLIENT|SETNAME"] = (ClientCommands.SetName, AtExec);
        rules["CLIENT|GETNAME"] = (ClientCommands.GetName, AtExec);
        rules["CLIENT|SETINFO"] = (ClientCommands.SetInfo, AtExec);
        rules["CLIENT|ID"] = (ClientCommands.Id, AtExec);
        rules["CLIENT|INFO"] = (ClientCommands.Info, AtExec);
        rules["CLIENT|LIST"] = (ClientDirectoryCommands.List, AtExec);
        rules["CLIENT|KILL"] = (ClientDirectoryCommands.Kill, AtExec);
        rules["CLIENT|UNBLOCK"] = (ClientDirectoryCommands.Unblock, AtExec);
        rules["CLIENT|REPLY"] = (ClientCommands.Reply, Local);
        rules["CLIENT|PAUSE"] = (PauseCommands.Pause, AtExec);
        rules["CLIENT|UNPAUSE"] = (PauseCommands.Unpause, AtExec);
        rules["CLIENT|NO-EVICT"] = (ClientCommands.NoEvict, AtExec);
        rules["CLIENT|GETREDIR"] = (TrackingCommands.GetRedirection, AtExec | CommandPolicy.NeedsEngine);
        rules["CLIENT|HELP"] = (ClientCommands.Help, AtExec);
        rules["CLIENT|MAINT_NOTIFICATIONS"] = (ClientCommands.MaintNotifications, Local);
        rules["CLIENT|TRACKING"] = (TrackingCommands.Tracking, Local | CommandPolicy.NeedsEngine);
        rules["CLIENT|CACHING"] = (TrackingCommands.Caching, Local | CommandPolicy.NeedsEngine);
        rules["CLIENT|TRACKINGINFO"] = (TrackingCommands.Info, AtExec | CommandPolicy.NeedsEngine);
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
        rules["SCAN"] = (ScanCommand.Scan, CommandPolicy.OnAllShards);
        foreach (string name in (string[])["HSCAN", "SSCAN", "ZSCAN", "COSCAN"])
        {
            rules[name] = (ScanCommand.ScanKey, CommandPolicy.None);
        }

        foreach (string name in (string[])["SORT", "SORT_RO", "FCALL", "FCALL_RO"])
        {
            rules[name] = (CommandEntry.Forward, CommandPolicy.UndeclaredKeys);
        }

        rules["EVAL"] = (ScriptCommands.Eval, CommandPolicy.UndeclaredKeys);
        rules["EVAL_RO"] = (ScriptCommands.Eval, CommandPolicy.UndeclaredKeys);
        rules["EVALSHA"] = (ScriptCommands.EvalSha, CommandPolicy.UndeclaredKeys);
        rules["EVALSHA_RO"] = (ScriptCommands.EvalSha, CommandPolicy.UndeclaredKeys);
        rules["SCRIPT|LOAD"] = (ScriptCommands.Load, CommandPolicy.None);
        rules["SCRIPT|FLUSH"] = (ScriptCommands.Flush, CommandPolicy.OnAllShards);
        rules["SCRIPT|EXISTS"] = (ScriptCommands.Exists, CommandPolicy.None);
        rules["SCRIPT|KILL"] = (ScriptKillCommand.Kill, CommandPolicy.NotInMulti);
        rules["FUNCTION|KILL"] = (ScriptKillCommand.Kill, CommandPolicy.NotInMulti);
    }

    private static void AddBlocking(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        foreach (CommandInfo command in CommandTable.Redis.All.Where(TimeoutFinder.MayWait))
        {
            rules[command.Name] = (BlockingCommands.Block, CommandPolicy.None);
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
    }

    private static void AddServer(Dictionary<string, (CommandHandler, CommandPolicy)> rules)
    {
        rules["INFO"] = (ServerCommands.Info, CommandPolicy.OnAllShards);
        rules["CONFIG|GET"] = (ConfigCommands.Get, CommandPolicy.NotInMulti);
        rules["CONFIG|SET"] = (ConfigCommands.Set, CommandPolicy.NotInMulti);
        rules["ROLE"] = (ServerCommands.Role, AtExec);
    }
}
