namespace Baton.Server.Proxy.Commands;

/// <summary>How the proxy treats a command, beyond what the command table says.</summary>
[Flags]
internal enum CommandPolicy
{
    /// <summary>Sent to the engine.</summary>
    None = 0,

    /// <summary>Answered by the proxy: it checks the arity, and the engine need not have it.</summary>
    Local = 1 << 0,

    /// <summary>Carried out inside MULTI instead of being queued (EXEC, DISCARD, MULTI, WATCH, QUIT, RESET).</summary>
    RunsInMulti = 1 << 1,

    /// <summary>Allowed in a RESP2 connection that has subscriptions.</summary>
    RunsSubscribed = 1 << 2,

    /// <summary>Refused inside MULTI: what it changes belongs to the connection, and a gathered transaction has none of its own.</summary>
    NotInMulti = 1 << 3,

    /// <summary>About the whole database: over several shards it is refused inside MULTI, for a transaction runs on one.</summary>
    OnAllShards = 1 << 4,

    /// <summary>May use keys it does not name: over several shards it is looked at before it is sent (<see cref="Commands.UndeclaredKeys"/>).</summary>
    UndeclaredKeys = 1 << 7,

    /// <summary>Inside MULTI it is kept in its place and carried out by the proxy when EXEC has been (CLIENT SETNAME).</summary>
    AtExec = 1 << 6,

    /// <summary>Answered by the proxy, but only where the engine has it too (CLIENT TRACKING).</summary>
    NeedsEngine = 1 << 5,
}
