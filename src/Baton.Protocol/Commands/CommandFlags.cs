namespace Baton.Protocol.Commands;

/// <summary>What a command does, as far as a proxy must know. Mirrors the flags of Redis' <c>COMMAND</c> reply.</summary>
[Flags]
public enum CommandFlags
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>May change data.</summary>
    Write = 1 << 0,

    /// <summary>Reads data and never changes it.</summary>
    ReadOnly = 1 << 1,

    /// <summary>Refused when memory is full.</summary>
    DenyOom = 1 << 2,

    /// <summary>Administrative.</summary>
    Admin = 1 << 3,

    /// <summary>Belongs to publish/subscribe.</summary>
    PubSub = 1 << 4,

    /// <summary>Not allowed in scripts.</summary>
    NoScript = 1 << 5,

    /// <summary>May wait for data (BLPOP, XREAD with BLOCK ...).</summary>
    Blocking = 1 << 6,

    /// <summary>Allowed before authentication.</summary>
    NoAuth = 1 << 7,

    /// <summary>Not allowed inside MULTI.</summary>
    NoMulti = 1 << 8,

    /// <summary>Key positions depend on the arguments (EVAL, ZUNIONSTORE, XREAD ...).</summary>
    MovableKeys = 1 << 9,

    /// <summary>Runs a script or function.</summary>
    Script = 1 << 10,
}
