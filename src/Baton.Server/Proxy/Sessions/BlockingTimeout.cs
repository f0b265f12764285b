using System.Buffers.Text;
using System.Globalization;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// Where a blocking command says how long it waits, and its bytes again with the time that is left.
/// <code>
/// last argument, seconds   BLPOP BRPOP BLMOVE BRPOPLPUSH BZPOPMIN BZPOPMAX
/// argument 1, seconds      BLMPOP BZMPOP
/// after BLOCK, ms          XREAD XREADGROUP
/// argument 2 or 3, ms      WAIT WAITAOF
/// </code>
/// </summary>
internal sealed class BlockingTimeout
{
    private readonly List<byte[]> _arguments;
    private readonly int _index;
    private readonly bool _inSeconds;
    private readonly long _deadlineMs;

    private BlockingTimeout(List<byte[]> arguments, int index, bool inSeconds, long deadlineMs) =>
        (_arguments, _index, _inSeconds, _deadlineMs) = (arguments, index, inSeconds, deadlineMs);

    /// <summary>The command's name in upper case.</summary>
    public string Name => System.Text.Encoding.ASCII.GetString(_arguments[0]).ToUpperInvariant();

    /// <summary>The arguments, for looking at stream ids; those of <c>$</c> may be replaced.</summary>
    public IList<byte[]> Arguments => _arguments;

    /// <summary>When its time is over, on the loop's clock; -1 = never.</summary>
    public long DeadlineMs => _deadlineMs;

    /// <summary>The timeout is a number that is not negative; otherwise the engine says what is wrong.</summary>
    public bool IsValid => Utf8Parser.TryParse(_arguments[_index], out double value, out int used) && used == _arguments[_index].Length
        && value >= 0 && value <= long.MaxValue / 4000.0;

    /// <summary>Looks at a whole command; null when it has no timeout and so does not block (XREAD without BLOCK).</summary>
    public static BlockingTimeout? Of(ReadOnlySpan<byte> command, long nowMs)
    {
        RequestScanner scanner = new();
        if (scanner.Scan(command) != ScanStatus.Complete)
        {
            return null;
        }

        List<byte[]> arguments = new(scanner.ArgumentCount);
        for (int i = 0; i < scanner.ArgumentCount; i++)
        {
            arguments.Add(scanner.Argument(command, i).ToArray());
        }

        (int index, bool inSeconds) = Find(arguments);
        return index <= 0 || index >= arguments.Count ? null : new BlockingTimeout(arguments, index, inSeconds, Deadline(arguments[index], inSeconds, nowMs));
    }

    /// <summary>The command with the time that is left at <paramref name="nowMs"/>; 0 (for ever) stays 0.</summary>
    public void Write(OutputBuffer output, long nowMs)
    {
        RespWriter.WriteArrayHeader(output, _arguments.Count);
        for (int i = 0; i < _arguments.Count; i++)
        {
            if (i == _index && _deadlineMs >= 0)
            {
                RespWriter.WriteBulk(output, Format(Math.Max(1, _deadlineMs - nowMs)));
            }
            else
            {
                RespWriter.WriteBulk(output, _arguments[i]);
            }
        }
    }

    private static (int Index, bool InSeconds) Find(List<byte[]> arguments)
    {
        string name = System.Text.Encoding.ASCII.GetString(arguments[0]).ToUpperInvariant();
        switch (name)
        {
            case "BLMPOP" or "BZMPOP":
                return (1, true);
            case "WAIT":
                return (2, false);
            case "WAITAOF":
                return (3, false);
            case "XREAD" or "XREADGROUP":
                int streams = arguments.FindIndex(static a => System.Text.Ascii.EqualsIgnoreCase(a, "STREAMS"u8));
                int block = arguments.FindIndex(static a => System.Text.Ascii.EqualsIgnoreCase(a, "BLOCK"u8));
                return block > 0 && (streams < 0 || block < streams) ? (block + 1, false) : (-1, false);
            default:
                return (arguments.Count - 1, true);
        }
    }

    private static long Deadline(ReadOnlySpan<byte> timeout, bool inSeconds, long nowMs)
    {
        if (!Utf8Parser.TryParse(timeout, out double value, out int used) || used != timeout.Length || !(value > 0) || value > long.MaxValue / 4000.0)
        {
            // 0 waits for ever; what is malformed is for the engine to refuse.
            return -1;
        }

        return nowMs + (long)Math.Ceiling(inSeconds ? value * 1000 : value);
    }

    private string Format(long leftMs) => _inSeconds
        ? (leftMs / 1000.0).ToString("0.###", CultureInfo.InvariantCulture)
        : leftMs.ToString(CultureInfo.InvariantCulture);
}
