namespace Baton.Server.Control;

/// <summary>
/// What to do about an engine that lives but does not answer (docs/decisions/0089). Pure. "Long" is <c>master_stall_limit_ms</c>.
/// <code>
/// clients' connections          asked by the controller                  then
/// anything                      -BUSY: a script runs beyond its limit    leave it: SCRIPT KILL is the client's, as with a plain server
/// anything                      silent, but its process works            leave it: a long command answers nobody (masters without a replica)
/// heard something not long ago  silent for long                          leave it: its clients are served
/// nothing heard for long        silent for long                          end the engine; its replica takes over, or it starts again
/// one owed a reply for long     answers, and has for half as long        give those connections up; their outcome is unknown
/// the same, again and again     answers                                  end the engine
/// </code>
/// </summary>
internal static class StallRule
{
    /// <summary>Decides.</summary>
    public static StallVerdict Decide(in StallSigns signs, ControlLimits limits)
    {
        TimeSpan limit = signs.Limit;
        if (limit <= TimeSpan.Zero || signs.IsBusy)
        {
            return StallVerdict.Leave;
        }

        TimeSpan endAfter = signs.IsOnlyCopy ? limit * limits.OnlyCopyPatience : limit;
        if (signs.UnansweredFor > TimeSpan.Zero)
        {
            return signs.UnansweredFor >= endAfter && signs.ClientsHeard >= endAfter ? StallVerdict.EndEngine : StallVerdict.Leave;
        }

        if (signs.ClientsWait < limit || signs.AnsweringFor < limit / 2)
        {
            return StallVerdict.Leave;
        }

        return signs.GivenUpInARow >= (signs.IsOnlyCopy ? limits.SilentConnectionTries * limits.OnlyCopyPatience : limits.SilentConnectionTries)
            ? StallVerdict.EndEngine
            : StallVerdict.GiveUpConnections;
    }
}

/// <summary>What is known of one master.</summary>
/// <param name="Limit"><c>master_stall_limit_ms</c>; zero = for ever.</param>
/// <param name="IsBusy">It answered <c>-BUSY</c> just now.</param>
/// <param name="UnansweredFor">How long it has given the controller no sign of life; zero when it just did.</param>
/// <param name="AnsweringFor">How long it has answered the controller each time.</param>
/// <param name="ClientsWait">How long the quietest connection of its clients has been owed a reply.</param>
/// <param name="ClientsHeard">How long ago any of them heard something.</param>
/// <param name="GivenUpInARow">How often its silent connections were given up since one of its clients heard something.</param>
/// <param name="IsOnlyCopy">Ending it loses its data: no persistence, no replica in sync.</param>
internal readonly record struct StallSigns(
    TimeSpan Limit,
    bool IsBusy,
    TimeSpan UnansweredFor,
    TimeSpan AnsweringFor,
    TimeSpan ClientsWait,
    TimeSpan ClientsHeard,
    int GivenUpInARow,
    bool IsOnlyCopy);

/// <summary>What to do about it.</summary>
internal enum StallVerdict
{
    /// <summary>Nothing.</summary>
    Leave,

    /// <summary>The connections that are silent are closed; new ones take their place.</summary>
    GiveUpConnections,

    /// <summary>The engine is ended; what follows is what follows a death.</summary>
    EndEngine,
}
