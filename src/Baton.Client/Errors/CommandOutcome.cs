namespace Baton.Client;

/// <summary>What is known of a command that failed: the first thing a caller must know before trying again.</summary>
public enum CommandOutcome
{
    /// <summary>It never left this process: the server has not run it and never will.</summary>
    NotSent,

    /// <summary>It was sent, or may have been, and no reply came: the server may have run it.</summary>
    MayHaveRun,

    /// <summary>The server answered with an error: it did not run it, or not to its end.</summary>
    Refused,

    /// <summary>The server ran it and replied; the reply could not be used.</summary>
    Ran,
}
