namespace Baton.Server.Proxy.Sessions;

/// <summary>CLIENT REPLY.</summary>
internal enum ReplyMode
{
    /// <summary>Every command is answered.</summary>
    On,

    /// <summary>None is.</summary>
    Off,

    /// <summary>The next one is not.</summary>
    SkipNext,

    /// <summary>This one is not, then all are again.</summary>
    Skipping,
}
