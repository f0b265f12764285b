using Baton.Protocol.Commands;

namespace Baton.Client;

/// <summary>What the client must know of a command before it sends it.</summary>
[Flags]
internal enum CommandTraits
{
    /// <summary>May change data: never repeated once it may have been sent.</summary>
    None = 0,

    /// <summary>Only reads: may be repeated.</summary>
    ReadOnly = 1 << 0,

    /// <summary>May wait on the server: gets a connection of its own and a limit of its own.</summary>
    Blocking = 1 << 1,

    /// <summary>Changes the connection's state (SELECT, CLIENT ...): remembered and replayed, or refused by name.</summary>
    Session = 1 << 2,

    /// <summary>Subscribes or unsubscribes.</summary>
    PubSub = 1 << 3,

    /// <summary>MULTI, EXEC, DISCARD, WATCH, UNWATCH.</summary>
    Transaction = 1 << 4,
}

/// <summary>Traits of commands that are known by name only.</summary>
internal static class CommandTraitsTable
{
    /// <summary>Looks the command up in the table of Redis' commands; unknown ones are taken for writes.</summary>
    public static CommandTraits Of(ReadOnlySpan<byte> name, ReadOnlySpan<byte> subcommand)
    {
        if (CommandTable.Redis.Find(name, subcommand) is not { } command)
        {
            return CommandTraits.None;
        }

        var traits = CommandTraits.None;
        traits |= command.Is(CommandFlags.ReadOnly) ? CommandTraits.ReadOnly : 0;
        traits |= command.Is(CommandFlags.Blocking) ? CommandTraits.Blocking : 0;
        traits |= command.Name switch
        {
            "PING" or "ECHO" or "TIME" or "CLIENT|ID" or "CLIENT|GETNAME" or "CLIENT|INFO" or "CLIENT|LIST" => CommandTraits.ReadOnly,
            "SUBSCRIBE" or "UNSUBSCRIBE" or "PSUBSCRIBE" or "PUNSUBSCRIBE" or "SSUBSCRIBE" or "SUNSUBSCRIBE" or "MONITOR" => CommandTraits.PubSub,
            "MULTI" or "EXEC" or "DISCARD" or "WATCH" or "UNWATCH" => CommandTraits.Transaction,
            "SYNC" or "PSYNC"
                or "SELECT" or "AUTH" or "HELLO" or "RESET" or "QUIT" or "READONLY" or "READWRITE" or "ASKING"
                or "CLIENT|NO-EVICT" or "CLIENT|NO-TOUCH"
                or "CLIENT|SETNAME" or "CLIENT|TRACKING" or "CLIENT|REPLY" or "CLIENT|CACHING" or "CLIENT|MAINT_NOTIFICATIONS" => CommandTraits.Session,
            _ => 0,
        };
        return traits;
    }
}
