namespace Baton.Client.StackExchangeRedis;

/// <summary>The commands that change what a connection is; everything else is only passed on.</summary>
internal enum SessionWord
{
    /// <summary>Any other.</summary>
    None,

    /// <summary><c>HELLO</c></summary>
    Hello,

    /// <summary><c>AUTH</c></summary>
    Auth,

    /// <summary><c>CLIENT</c></summary>
    Client,

    /// <summary><c>SELECT</c></summary>
    Select,

    /// <summary><c>READONLY</c>, <c>READWRITE</c></summary>
    ReadOnly,

    /// <summary><c>MULTI</c></summary>
    Multi,

    /// <summary><c>WATCH</c></summary>
    Watch,

    /// <summary><c>EXEC</c>, <c>DISCARD</c></summary>
    EndMulti,

    /// <summary><c>UNWATCH</c></summary>
    Unwatch,

    /// <summary><c>SUBSCRIBE</c>, <c>PSUBSCRIBE</c>, <c>SSUBSCRIBE</c></summary>
    Subscribe,

    /// <summary><c>UNSUBSCRIBE</c>, <c>PUNSUBSCRIBE</c>, <c>SUNSUBSCRIBE</c></summary>
    Unsubscribe,

    /// <summary><c>MONITOR</c>, <c>RESET</c>, <c>SYNC</c>, <c>PSYNC</c>: what follows cannot be carried to another connection.</summary>
    Unmovable,
}
