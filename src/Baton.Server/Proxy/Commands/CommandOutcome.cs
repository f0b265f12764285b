namespace Baton.Server.Proxy.Commands;

/// <summary>What became of a command that was looked at.</summary>
internal enum CommandOutcome
{
    /// <summary>Sent on or answered; go on with the next.</summary>
    Done,

    /// <summary>Nothing was sent. The session has noted what it waits for and looks at the same command again when that has come.</summary>
    Wait,
}
