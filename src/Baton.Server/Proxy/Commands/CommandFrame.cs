using System.Text;
using Baton.Protocol.Commands;
using Baton.Protocol.Resp;

namespace Baton.Server.Proxy.Commands;

/// <summary>One whole command as it came, with the rules for it. Valid during the call only.</summary>
internal readonly ref struct CommandFrame
{
    private readonly RequestScanner _scanner;
    private readonly ReadOnlySpan<byte> _data;

    public CommandFrame(RequestScanner scanner, ReadOnlySpan<byte> data, CommandEntry entry)
    {
        _scanner = scanner;
        _data = data;
        Entry = entry;
    }

    /// <summary>The rules.</summary>
    public CommandEntry Entry { get; }

    /// <summary>The bytes to send on: an array of bulk strings.</summary>
    public ReadOnlySpan<byte> Bytes => _data[.._scanner.FrameLength];

    /// <summary>Arguments, the name included.</summary>
    public int Count => _scanner.ArgumentCount;

    /// <summary>The scanner that found it.</summary>
    public RequestScanner Scanner => _scanner;

    /// <summary>What the scanner was given.</summary>
    public ReadOnlySpan<byte> Data => _data;

    /// <summary>An argument; 0 is the name.</summary>
    public ReadOnlySpan<byte> this[int index] => _scanner.Argument(_data, index);

    /// <summary>Argument indexes of the keys; the count may be larger than the span. -1: malformed.</summary>
    public int FindKeys(Span<int> indexes) => KeyFinder.Find(Entry.Info, _scanner, _data, indexes);

    /// <summary>An argument as a word, compared without case.</summary>
    public bool Is(int index, ReadOnlySpan<byte> upperCaseWord) => index < Count && Ascii.EqualsIgnoreCase(this[index], upperCaseWord);

    /// <summary>An argument as text.</summary>
    public string Text(int index) => System.Text.Encoding.UTF8.GetString(this[index]);

    /// <summary>A decimal integer argument, written as Redis takes it: without a plus sign, leading zeros or spaces.</summary>
    public bool TryInteger(int index, out long value)
    {
        value = 0;
        return this[index] is [(byte)'0'] or [>= (byte)'1' and <= (byte)'9', ..] or [(byte)'-', >= (byte)'1' and <= (byte)'9', ..]
            && System.Buffers.Text.Utf8Parser.TryParse(this[index], out value, out int used) && used == this[index].Length;
    }
}
