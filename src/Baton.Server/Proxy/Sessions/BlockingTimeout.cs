using System.Buffers.Text;
using System.Globalization;
using Baton.Protocol.Commands;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Sessions;

/// <summary>A command that may wait, with its time (<see cref="TimeoutFinder"/> says where that stands), and its bytes again with the time
/// that is left.</summary>
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
    public bool IsValid => _index > 0 && Utf8Parser.TryParse(_arguments[_index], out double value, out int used) && used == _arguments[_index].Length
        && value >= 0 && value <= long.MaxValue / 4000.0;

    /// <summary>Where a stream read names its streams: the index of the first, and how many there are. Their ids follow in the same order.</summary>
    public (int First, int Count) Streams { get; private init; }

    /// <summary>Looks at a command; null when it does not wait as it is written (XREAD without BLOCK).</summary>
    public static BlockingTimeout? Of(CommandFrame command, long nowMs)
    {
        int index = TimeoutFinder.Find(command.Entry.Info, command.Scanner, command.Data, out bool inSeconds);
        if (index == 0)
        {
            return null;
        }

        List<byte[]> arguments = new(command.Count);
        for (int i = 0; i < command.Count; i++)
        {
            arguments.Add(command[i].ToArray());
        }

        return new BlockingTimeout(arguments, index, inSeconds, index < 0 ? -1 : Deadline(arguments[index], inSeconds, nowMs))
        {
            Streams = command.Entry.Info.Name == "XREAD" ? StreamsOf(command) : default,
        };
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

    private static (int First, int Count) StreamsOf(CommandFrame command)
    {
        Span<int> first = stackalloc int[1];
        int count = command.FindKeys(first);
        return count > 0 ? (first[0], count) : default;
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
