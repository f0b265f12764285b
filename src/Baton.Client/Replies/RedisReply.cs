using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>A whole reply as the server sent it: for commands no type fits. Immutable.</summary>
public sealed class RedisReply
{
    private readonly byte[]? _bytes;
    private readonly RedisReply[] _items;

    private RedisReply(char kind, bool isNull, byte[]? bytes, RedisReply[] items) =>
        (Kind, IsNull, _bytes, _items) = (kind, isNull, bytes, items);

    /// <summary>The RESP type byte: <c>+ - : $ * _ , # ! = ( % ~ &gt;</c></summary>
    public char Kind { get; }

    /// <summary>True for nulls of any kind.</summary>
    public bool IsNull { get; }

    /// <summary>True for an error inside a reply (a whole reply that is an error is thrown as <see cref="RedisServerException"/>).</summary>
    public bool IsError => Kind is '-' or '!';

    /// <summary>The values inside an aggregate; of a map, keys and values by turns. Empty for scalars.</summary>
    public IReadOnlyList<RedisReply> Items => _items;

    /// <summary>The scalar's bytes; null for nulls and aggregates.</summary>
    public ReadOnlyMemory<byte>? AsBytes() => _bytes is null ? default(ReadOnlyMemory<byte>?) : _bytes;

    /// <summary>The scalar as text; null for nulls and aggregates.</summary>
    public string? AsString() => _bytes is null ? null : Encoding.UTF8.GetString(_bytes);

    /// <summary>The scalar as a whole number.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public long AsInt64() => long.Parse(AsString() ?? "", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>A short form for people: text, <c>(nil)</c>, or the items in brackets.</summary>
    public override string ToString() => IsNull ? "(nil)" : AsString() ?? $"[{string.Join(", ", Items)}]";

    internal static RedisReply Read(ref RespReader reply)
    {
        var kind = (char)reply.Kind;
        if (reply.IsNull)
        {
            return new RedisReply(kind, true, null, []);
        }

        if (kind is not ('*' or '%' or '~' or '>'))
        {
            return new RedisReply(kind, false, reply.Value.ToArray(), []);
        }

        var items = new RedisReply[reply.Count];
        for (var index = 0; index < items.Length; index++)
        {
            reply.Read();
            items[index] = Read(ref reply);
        }

        return new RedisReply(kind, false, null, items);
    }
}
