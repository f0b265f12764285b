using System.Buffers;
using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Server.Proxy.Replies;

/// <summary>A whole reply as a value that can be looked into, changed and written again in the engine's own types. For what is merged over shards.</summary>
internal sealed class ReplyValue
{
    private static readonly byte[] VerbatimText = "txt:"u8.ToArray();

    private ReplyValue(byte kind, byte[]? bytes, List<ReplyValue>? items) => (Kind, Bytes, Items) = (kind, bytes, items);

    /// <summary>The type byte: <c>+ - : $ * _ , # ! = ( % ~</c>.</summary>
    public byte Kind { get; }

    /// <summary>A scalar's bytes; null for null and for aggregates.</summary>
    public byte[]? Bytes { get; set; }

    /// <summary>An aggregate's elements (a map: keys and values in turn); null for scalars.</summary>
    public List<ReplyValue>? Items { get; }

    /// <summary>The elements; none for a scalar.</summary>
    public IReadOnlyList<ReplyValue> Elements => Items ?? (IReadOnlyList<ReplyValue>)[];

    /// <summary>The scalar as text; empty for null and for aggregates.</summary>
    public string Text => Bytes is null ? "" : Encoding.UTF8.GetString(Bytes);

    /// <summary>The integer of a <c>:n</c>; setting it keeps the type.</summary>
    public long Integer
    {
        get => Kind == (byte)':' && long.TryParse(Bytes, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new RespFormatException("an integer was expected");
        set => Bytes = Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Reads the reply a frame holds.</summary>
    /// <exception cref="RespFormatException">The bytes are not one RESP value.</exception>
    public static ReplyValue Parse(ReadOnlySpan<byte> frame)
    {
        RespReader reader = new(frame);
        return reader.Read() ? ReadCurrent(ref reader) : throw new RespFormatException("an empty frame is no reply");
    }

    /// <summary>An aggregate of the same type as this one.</summary>
    public ReplyValue Of(IEnumerable<ReplyValue> items) => new(Kind, null, [.. items]);

    /// <summary>A bulk or verbatim string with other text.</summary>
    public ReplyValue Of(string text) => new(Kind, Encoding.UTF8.GetBytes(text), null);

    /// <summary>Writes it, its elements included.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        if (Items is { } items)
        {
            WriteLine(output, Kind == (byte)'%' ? items.Count / 2 : items.Count);
            items.ForEach(item => item.Write(output));
        }
        else if (Bytes is not { } bytes)
        {
            output.Write(Kind == (byte)'_' ? "_\r\n"u8 : Kind == (byte)'*' ? "*-1\r\n"u8 : "$-1\r\n"u8);
        }
        else if (Kind is (byte)'$' or (byte)'!' or (byte)'=')
        {
            byte[] prefix = Kind == (byte)'=' ? VerbatimText : [];
            WriteLine(output, prefix.Length + bytes.Length);
            output.Write(prefix);
            output.Write(bytes);
            output.Write("\r\n"u8);
        }
        else
        {
            output.Write([Kind]);
            output.Write(bytes);
            output.Write("\r\n"u8);
        }
    }

    // The scanner that cut the frame has bounded the depth, so recursion is safe here.
    private static ReplyValue ReadCurrent(ref RespReader reader)
    {
        byte kind = reader.Kind;
        if (reader.IsNull)
        {
            return new ReplyValue(kind, null, null);
        }

        if (kind is not ((byte)'*' or (byte)'~' or (byte)'%' or (byte)'>'))
        {
            return new ReplyValue(kind, reader.Value.ToArray(), null);
        }

        List<ReplyValue> items = new(reader.Count);
        for (int left = reader.Count; left > 0; left--)
        {
            items.Add(reader.Read() ? ReadCurrent(ref reader) : throw new RespFormatException("a reply ended inside an aggregate"));
        }

        return new ReplyValue(kind, null, items);
    }

    private void WriteLine(IBufferWriter<byte> output, int number) =>
        output.Write(Encoding.ASCII.GetBytes($"{(char)Kind}{number.ToString(CultureInfo.InvariantCulture)}\r\n"));
}
