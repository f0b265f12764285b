using Baton.Protocol.Resp;

namespace Baton.Protocol.Commands;

/// <summary>
/// Finds where a command that may wait says for how long: the one place that knows which commands those are and how the server reads them.
/// <code>
/// last argument, seconds         BLPOP BRPOP BLMOVE BRPOPLPUSH BZPOPMIN BZPOPMAX
/// argument 1, seconds            BLMPOP BZMPOP
/// behind BLOCK, milliseconds     XREAD XREADGROUP (without BLOCK they do not wait)
/// argument 2 or 3, milliseconds  WAIT WAITAOF
/// </code>
/// </summary>
/// <remarks>Static and pure; allocates nothing. Nothing that follows from a name a user may choose is taken for a keyword.</remarks>
public static class TimeoutFinder
{
    /// <summary>The command may wait, in some form.</summary>
    public static bool MayWait(CommandInfo command) => command.Is(CommandFlags.Blocking) || command.Name == "WAIT";

    /// <summary>
    /// The index of the argument with the timeout; 0 when the command, written like this, does not wait, or when the server will refuse it; -1 when it
    /// may wait in a way that is not known here (a module's command that says it blocks).
    /// </summary>
    /// <param name="command">Its row.</param>
    /// <param name="request">Its arguments.</param>
    /// <param name="data">The bytes they lie in.</param>
    /// <param name="inSeconds">The timeout is in seconds, perhaps with a fraction; otherwise in whole milliseconds.</param>
    public static int Find(CommandInfo command, RequestScanner request, ReadOnlySpan<byte> data, out bool inSeconds)
    {
        inSeconds = false;
        if (!MayWait(command) || !command.AcceptsArgumentCount(request.ArgumentCount))
        {
            return 0;
        }

        switch (command.Name)
        {
            case "BLPOP" or "BRPOP" or "BLMOVE" or "BRPOPLPUSH" or "BZPOPMIN" or "BZPOPMAX":
                inSeconds = true;
                return request.ArgumentCount - 1;
            case "BLMPOP" or "BZMPOP":
                inSeconds = true;
                return 1;
            case "WAIT":
                return 2;
            case "WAITAOF":
                return 3;
            case "XREAD" or "XREADGROUP":
                return StreamOptions.Read(request, data).BlockAt;
            default:
                return -1;
        }
    }
}
