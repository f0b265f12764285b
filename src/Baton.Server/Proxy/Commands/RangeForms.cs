namespace Baton.Server.Proxy.Commands;

/// <summary>
/// Bounds of ranges of sorted sets that Garnet cannot read: an empty one ends its connection, which other clients share. A plain server takes an empty
/// score for 0, and an empty word for an error.
/// <code>
/// ZCOUNT k "" 2        ->   ZCOUNT k 0 2
/// ZCOUNT k ( 2         ->   ZCOUNT k (0 2
/// ZLEXCOUNT k "" [b    ->   the plain server's error
/// </code>
/// </summary>
internal static class RangeForms
{
    private const string NoWord = "ERR min or max not valid string range item";

    /// <summary>All of them.</summary>
    public static IEnumerable<CommandForm> All =>
    [
        .. ((string[])["ZCOUNT", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZREMRANGEBYSCORE", "ZRANGE", "ZRANGESTORE"]).Select(
            name => new CommandForm(name, "with an empty score", HasEmptyScore, "", SayZero)),
        .. ((string[])["ZLEXCOUNT", "ZRANGEBYLEX", "ZREVRANGEBYLEX", "ZREMRANGEBYLEX", "ZRANGE", "ZRANGESTORE"]).Select(
            name => CommandForm.OwnError(name, "with a bound that is none", WhyNoWords)),
    ];

    private static int FirstBound(CommandFrame command) => command.Entry.Info.Name == "ZRANGESTORE" ? 3 : 2;

    // ZRANGE and ZRANGESTORE say behind the bounds what they are, places in the order if nothing.
    private static bool AreBounds(CommandFrame command, ReadOnlySpan<byte> kind)
    {
        if (command.Entry.Info.Name is not ("ZRANGE" or "ZRANGESTORE"))
        {
            return true;
        }

        for (int i = FirstBound(command) + 2; i < command.Count; i++)
        {
            if (command.Is(i, kind))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEmptyScore(ReadOnlySpan<byte> bound) => bound.IsEmpty || bound.SequenceEqual("("u8);

    private static bool HasEmptyScore(CommandFrame command)
    {
        int first = FirstBound(command);
        return (IsEmptyScore(command[first]) || IsEmptyScore(command[first + 1])) && AreBounds(command, "BYSCORE"u8);
    }

    private static byte[] SayZero(CommandFrame command)
    {
        int first = FirstBound(command);
        return CommandForms.Reword(command, (index, word) =>
            (index != first && index != first + 1) || !IsEmptyScore(word) ? word : word.IsEmpty ? "0"u8 : "(0"u8);
    }

    private static string? WhyNoWords(CommandFrame command)
    {
        int first = FirstBound(command);
        return (!IsWord(command[first]) || !IsWord(command[first + 1])) && AreBounds(command, "BYLEX"u8) ? NoWord : null;
    }

    private static bool IsWord(ReadOnlySpan<byte> bound) => bound is [(byte)'-'] or [(byte)'+'] or [(byte)'[' or (byte)'(', ..];
}
