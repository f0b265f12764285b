using System.Globalization;
using System.Text;

namespace Baton.Cli.Demo.Raw;

/// <summary>
/// One RESP2 or RESP3 value as the demo's raw clients read it. The demo has a reader of its own, so that a mistake in Baton's own reader
/// cannot hide itself here.
/// </summary>
/// <param name="Kind">The type byte: <c>+ - : $ * _ , # ! = ( % ~ &gt;</c>.</param>
/// <param name="Text">Scalars as text; null for a null.</param>
/// <param name="Items">Aggregates; a map as key, value, key, value ...</param>
internal sealed record RawReply(char Kind, string? Text, IReadOnlyList<RawReply>? Items = null)
{
    /// <summary><c>-</c> or <c>!</c>.</summary>
    public bool IsError => Kind is '-' or '!';

    /// <summary><c>_</c>, <c>$-1</c> or <c>*-1</c>.</summary>
    public bool IsNull => Text is null && Items is null;

    /// <summary>The number in an integer or a string of digits.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public long Integer => long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new FormatException($"expected an integer, got {this}");

    /// <summary>The number, or null for a null.</summary>
    public long? IntegerOrNull => IsNull ? null : Integer;

    /// <inheritdoc/>
    public override string ToString() =>
        Items is null ? $"{Kind}{Text ?? "(null)"}" : $"{Kind}[{string.Join(' ', Items.Take(8))}]";

    /// <summary>Reads one whole value at the start of the bytes; false when more bytes are needed.</summary>
    /// <exception cref="InvalidDataException">The bytes are not RESP.</exception>
    public static bool TryRead(ReadOnlySpan<byte> data, out RawReply? reply, out int length)
    {
        (reply, length) = (null, 0);
        var end = data.IndexOf("\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var line = data[1..end];
        length = end + 2;
        switch ((char)data[0])
        {
            case '+' or '-' or ':' or ',' or '#' or '(':
                reply = new RawReply((char)data[0], Encoding.UTF8.GetString(line));
                return true;
            case '_':
                reply = new RawReply('_', null);
                return true;
            case '$' or '!' or '=':
                return TryReadBulk(data, ParseLength(line), out reply, ref length);
            case '*' or '~' or '>' or '%':
                return TryReadItems(data, ParseLength(line) * (data[0] == '%' ? 2 : 1), out reply, ref length);
            default:
                throw new InvalidDataException($"byte 0x{data[0]:x2} begins no RESP value");
        }
    }

    private static bool TryReadBulk(ReadOnlySpan<byte> data, int count, out RawReply? reply, ref int length)
    {
        reply = null;
        if (count < 0)
        {
            reply = new RawReply((char)data[0], null);
            return true;
        }

        if (data.Length < length + count + 2)
        {
            return false;
        }

        if (!data.Slice(length + count, 2).SequenceEqual("\r\n"u8))
        {
            throw new InvalidDataException($"a bulk string of {count} bytes does not end with CRLF");
        }

        reply = new RawReply((char)data[0], Encoding.UTF8.GetString(data.Slice(length, count)));
        length += count + 2;
        return true;
    }

    private static bool TryReadItems(ReadOnlySpan<byte> data, int count, out RawReply? reply, ref int length)
    {
        reply = null;
        if (count < 0)
        {
            reply = new RawReply((char)data[0], null);
            return true;
        }

        var items = new List<RawReply>(Math.Min(count, 1024));
        while (items.Count < count)
        {
            if (!TryRead(data[length..], out var item, out var itemLength))
            {
                return false;
            }

            items.Add(item!);
            length += itemLength;
        }

        reply = new RawReply((char)data[0], null, items);
        return true;
    }

    private static int ParseLength(ReadOnlySpan<byte> digits) =>
        int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new InvalidDataException($"'{Encoding.UTF8.GetString(digits)}' is no length");
}
