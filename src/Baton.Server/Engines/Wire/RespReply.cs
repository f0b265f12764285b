using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Server.Engines.Wire;

/// <summary>One reply of an engine, with its own copy of the bytes. Immutable.</summary>
internal readonly struct RespReply
{
    private RespReply(byte kind, byte[]? bytes, RespReply[]? items)
    {
        Kind = kind;
        Bytes = bytes;
        Items = items;
    }

    /// <summary>The type byte: <c>+ - : $ * _ , # ! = ( % ~</c>.</summary>
    public byte Kind { get; }

    /// <summary>A scalar's bytes; null for null and for aggregates.</summary>
    public byte[]? Bytes { get; }

    /// <summary>An aggregate's elements (a map: keys and values in turn); null for scalars.</summary>
    public RespReply[]? Items { get; }

    /// <summary>A null of any kind.</summary>
    public bool IsNull => Bytes is null && Items is null;

    /// <summary>An error reply.</summary>
    public bool IsError => Kind is (byte)'-' or (byte)'!';

    /// <summary>A script runs beyond its time limit, and the engine answers nothing else until it ends: it lives.</summary>
    public bool IsBusy => IsError && Text.StartsWith("BUSY ", StringComparison.Ordinal);

    /// <summary>The scalar as text; empty for null and for aggregates.</summary>
    public string Text => Bytes is null ? "" : Encoding.UTF8.GetString(Bytes);

    /// <summary>The scalar as an integer, or null when it is none.</summary>
    public long? Integer =>
        long.TryParse(Bytes, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>Reads the reply that <paramref name="frame"/> holds.</summary>
    /// <exception cref="RespFormatException">The bytes are not one RESP value.</exception>
    public static RespReply Parse(ReadOnlySpan<byte> frame)
    {
        RespReader reader = new(frame);
        return reader.Read() ? ReadCurrent(ref reader) : throw new RespFormatException("an empty frame is no reply");
    }

    // The scanner that cut the frame has bounded the depth, so recursion is safe here.
    private static RespReply ReadCurrent(ref RespReader reader)
    {
        byte kind = reader.Kind;
        if (reader.IsNull)
        {
            return new RespReply(kind, null, null);
        }

        if (kind is not ((byte)'*' or (byte)'~' or (byte)'%' or (byte)'>'))
        {
            return new RespReply(kind, reader.Value.ToArray(), null);
        }

        RespReply[] items = new RespReply[reader.Count];
        for (int i = 0; i < items.Length; i++)
        {
            if (!reader.Read())
            {
                throw new RespFormatException("a reply ended inside an aggregate");
            }

            items[i] = ReadCurrent(ref reader);
        }

        return new RespReply(kind, null, items);
    }
}
