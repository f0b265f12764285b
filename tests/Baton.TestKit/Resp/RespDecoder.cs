using System.Text;

namespace Baton.TestKit.Resp;

/// <summary>Bytes to <see cref="RespValue"/>s; keeps what is incomplete. Not thread-safe.</summary>
public sealed class RespDecoder
{
    private readonly StringBuilder _pending = new();

    /// <summary>Takes bytes and hands back every frame that is complete now.</summary>
    /// <exception cref="FormatException">The bytes are not RESP.</exception>
    public IReadOnlyList<RespValue> Feed(ReadOnlySpan<byte> bytes)
    {
        _pending.Append(Encoding.Latin1.GetString(bytes));
        var text = _pending.ToString();
        var frames = new List<RespValue>();
        var start = 0;
        while (start < text.Length)
        {
            var position = start;
            if (Read(text, ref position) is not { } frame)
            {
                break;
            }

            frames.Add(frame);
            start = position;
        }

        _pending.Remove(0, start);
        return frames;
    }

    private static RespValue? Read(string text, ref int position)
    {
        var start = position;
        var end = text.IndexOf("\r\n", position, StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        var kind = text[position];
        var line = text[(position + 1)..end];
        position = end + 2;
        return kind switch
        {
            '+' or '-' or ':' or ',' or '#' or '(' => new RespValue(kind, line, null, text[start..position]),
            '_' => new RespValue(kind, null, null, text[start..position]),
            '$' or '=' or '!' => ReadBulk(kind, line, text, start, ref position),
            '*' or '>' or '~' => ReadItems(kind, line, 1, text, start, ref position),
            '%' => ReadItems(kind, line, 2, text, start, ref position),
            _ =>
                throw new FormatException($"Not RESP: byte 0x{(int)kind:x2} instead of a type in '{Shorten(text[start..])}'"),
        };
    }

    private static string Shorten(string text) => text.Length > 60 ? text[..60] : text;

    private static RespValue? ReadBulk(char kind, string line, string text, int start, ref int position)
    {
        var length = int.Parse(line);
        if (length < 0)
        {
            return new RespValue(kind, null, null, text[start..position]);
        }

        if (text.Length < position + length + 2)
        {
            return null;
        }

        var content = text.Substring(position, length);
        position += length + 2;
        return new RespValue(kind, content, null, text[start..position]);
    }

    private static RespValue? ReadItems(char kind, string line, int perEntry, string text, int start, ref int position)
    {
        var count = int.Parse(line);
        if (count < 0)
        {
            return new RespValue(kind, null, null, text[start..position]);
        }

        var items = new List<RespValue>();
        for (var i = 0; i < count * perEntry; i++)
        {
            if (position >= text.Length || Read(text, ref position) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return new RespValue(kind, null, items, text[start..position]);
    }
}
