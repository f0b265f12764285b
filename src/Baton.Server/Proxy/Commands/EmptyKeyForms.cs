using System.Globalization;
using System.Text;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// Where a key is missing, Garnet makes an empty one before it looks whether the command can be carried out, and leaves it. Such a key ends every
/// connection that asks KEYS until the database is flushed. So what fails by its arguments alone is answered with the plain server's error, and what
/// only changes a key that is there, which the arguments do not show, is refused.
/// </summary>
internal static class EmptyKeyForms
{
    private const string Syntax = "ERR syntax error";
    private const string NoFloat = "ERR value is not a valid float";
    private const string NoInteger = "ERR value is not an integer or out of range";
    private const string NotFinite = "ERR value is NaN or Infinity";
    private const string LeavesEmpty = "leaves an empty key where there was none, on which KEYS fails; send it without XX after ZSCORE";

    /// <summary>All of them.</summary>
    public static IEnumerable<CommandForm> All =>
    [
        CommandForm.OwnError("ZADD", "with arguments that are none", WhyNotAdd),
        new("ZADD", "with XX", static command => ReadOptions(command).Xx, LeavesEmpty),
        new("GEOADD", "with XX", static command => ReadOptions(command).Xx, LeavesEmpty),
        CommandForm.OwnError("ZINCRBY", "by no number", static command => TryFloat(command[2], out _) ? null : NoFloat),
        CommandForm.OwnError("HINCRBY", "by no number", static command => command.TryInteger(3, out _) ? null : NoInteger),
        CommandForm.OwnError("HINCRBYFLOAT", "by no number", static command =>
            !TryFloat(command[3], out double value) ? NoFloat : double.IsInfinity(value) ? NotFinite : null),
    ];

    // ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...], looked at in the order of a plain server.
    private static string? WhyNotAdd(CommandFrame command)
    {
        AddOptions options = ReadOptions(command);
        int words = command.Count - options.End;
        if (words == 0 || words % 2 != 0)
        {
            return Syntax;
        }

        if (options.Nx && options.Xx)
        {
            return "ERR XX and NX options at the same time are not compatible";
        }

        if ((options.Nx && (options.Gt || options.Lt)) || (options.Gt && options.Lt))
        {
            return "ERR GT, LT, and/or NX options at the same time are not compatible";
        }

        if (options.Incr && words > 2)
        {
            return "ERR INCR option supports a single increment-element pair";
        }

        for (int i = options.End; i < command.Count; i += 2)
        {
            if (!TryFloat(command[i], out _))
            {
                return NoFloat;
            }
        }

        return null;
    }

    private static AddOptions ReadOptions(CommandFrame command)
    {
        AddOptions options = new();
        for (options.End = 2; options.End < command.Count; options.End++)
        {
            if (command.Is(options.End, "NX"u8))
            {
                options.Nx = true;
            }
            else if (command.Is(options.End, "XX"u8))
            {
                options.Xx = true;
            }
            else if (command.Is(options.End, "GT"u8))
            {
                options.Gt = true;
            }
            else if (command.Is(options.End, "LT"u8))
            {
                options.Lt = true;
            }
            else if (command.Is(options.End, "INCR"u8))
            {
                options.Incr = true;
            }
            else if (!command.Is(options.End, "CH"u8))
            {
                break;
            }
        }

        return options;
    }

    // What both take: no hexadecimal, no NaN, no spaces; infinity by its names.
    private static bool TryFloat(ReadOnlySpan<byte> text, out double value)
    {
        value = double.PositiveInfinity;
        ReadOnlySpan<byte> unsigned = text is [(byte)'+' or (byte)'-', ..] ? text[1..] : text;
        return Ascii.EqualsIgnoreCase(unsigned, "inf"u8) || Ascii.EqualsIgnoreCase(unsigned, "infinity"u8)
            || (unsigned is [(byte)'.' or (>= (byte)'0' and <= (byte)'9'), ..]
                && double.TryParse(
                    text,
                    NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                    CultureInfo.InvariantCulture,
                    out value));
    }

    private struct AddOptions
    {
        public bool Nx;
        public bool Xx;
        public bool Gt;
        public bool Lt;
        public bool Incr;

        /// <summary>The first word that is none.</summary>
        public int End;
    }
}
