using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>
/// From reply to .NET type, by the reply's own shape where it matters (RESP2 has no doubles, booleans and maps). A reply that cannot become
/// the type asked for throws <see cref="RedisReplyException"/>, which says both; the connection goes on.
/// </summary>
internal static class ReplyReaders
{
    private const int NumberSpace = 32;

    public static readonly ReplyReader<bool> Ok = static (ref RespReader reply) =>
        reply.IsNull ? false : IsText(reply) || reply.Kind == ':' ? true : throw Unexpected(reply, "an acknowledgement");

    public static readonly ReplyReader<RedisReply> Raw = RedisReply.Read;

    /// <summary>The same, and a reply that is an error is a reply too: for the client's own greetings.</summary>
    public static readonly ReplyReader<RedisReply> RawOrError = static (ref RespReader reply) => RedisReply.Read(ref reply);
    public static readonly ReplyReader<string> Text = static (ref RespReader reply) => ReadText(ref reply) ?? throw UnexpectedNull("a string");
    public static readonly ReplyReader<string?> NullableText = ReadText;
    public static readonly ReplyReader<byte[]> Bytes = static (ref RespReader reply) => ReadBytes(ref reply) ?? throw UnexpectedNull("bytes");
    public static readonly ReplyReader<byte[]?> NullableBytes = ReadBytes;
    public static readonly ReplyReader<long> Int64 = static (ref RespReader reply) => ReadInt64(ref reply) ?? throw UnexpectedNull("a whole number");
    public static readonly ReplyReader<long?> NullableInt64 = ReadInt64;
    public static readonly ReplyReader<int> Int32 = static (ref RespReader reply) => checked((int)Int64(ref reply));
    public static readonly ReplyReader<int?> NullableInt32 = static (ref RespReader reply) => checked((int?)ReadInt64(ref reply));
    public static readonly ReplyReader<double> Double = static (ref RespReader reply) => ReadDouble(ref reply) ?? throw UnexpectedNull("a number");
    public static readonly ReplyReader<double?> NullableDouble = ReadDouble;
    public static readonly ReplyReader<bool> Boolean = static (ref RespReader reply) => ReadBoolean(ref reply) ?? throw UnexpectedNull("a boolean");
    public static readonly ReplyReader<bool?> NullableBoolean = ReadBoolean;
    public static readonly ReplyReader<RedisKey> Key = static (ref RespReader reply) => Bytes(ref reply);

    /// <summary>Elements of an array, set, push or map (keys and values by turns); a null array is an empty one.</summary>
    public static ReplyReader<T[]> ArrayOf<T>(ReplyReader<T> element) => (ref RespReader reply) => ReadArray(ref reply, element) ?? [];

    /// <summary>The same, where null means something else than empty.</summary>
    public static ReplyReader<T[]?> NullableArrayOf<T>(ReplyReader<T> element) => (ref RespReader reply) => ReadArray(ref reply, element);

    /// <summary>Pairs of a map, or of an array of keys and values by turns, or of an array of pairs.</summary>
    public static ReplyReader<Dictionary<string, T>> MapOf<T>(ReplyReader<T> element) => (ref RespReader reply) => ReadMap(ref reply, element);

    public static RedisReplyException Unexpected(in RespReader reply, string wanted) =>
        new($"The server's reply of type '{(char)reply.Kind}' cannot be read as {wanted}.");

    public static RedisReplyException UnexpectedNull(string wanted) =>
        new($"The server replied null (nothing there), which is not {wanted}: ask for the nullable type to allow it.");

    private static bool IsText(in RespReader reply) => reply.Kind is (byte)'$' or (byte)'+' or (byte)'=';

    private static bool IsScalar(in RespReader reply) => reply.Kind is not ((byte)'*' or (byte)'%' or (byte)'~' or (byte)'>');

    private static string? ReadText(ref RespReader reply) =>
        reply.IsNull ? null : IsScalar(reply) ? Encoding.UTF8.GetString(reply.Value) : throw Unexpected(reply, "a string");

    private static byte[]? ReadBytes(ref RespReader reply) =>
        reply.IsNull ? null : IsScalar(reply) ? reply.Value.ToArray() : throw Unexpected(reply, "bytes");

    private static long? ReadInt64(ref RespReader reply)
    {
        if (reply.IsNull)
        {
            return null;
        }

        if (reply.Kind == '#')
        {
            return reply.Value.SequenceEqual("t"u8) ? 1 : 0;
        }

        return IsScalar(reply) && reply.TryGetInt64(out var number) ? number : throw Unexpected(reply, "a whole number");
    }

    private static double? ReadDouble(ref RespReader reply)
    {
        if (reply.IsNull)
        {
            return null;
        }

        var value = reply.Value;
        if (IsScalar(reply) && Utf8Parser.TryParse(value, out double number, out var consumed) && consumed == value.Length)
        {
            return number;
        }

        if (IsScalar(reply) && value.Length is > 0 and < NumberSpace)
        {
            var text = Encoding.UTF8.GetString(value);
            if (text.TrimStart('+', '-').StartsWith("inf", StringComparison.OrdinalIgnoreCase))
            {
                return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            }

            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
            {
                return number;
            }
        }

        throw Unexpected(reply, "a number");
    }

    private static bool? ReadBoolean(ref RespReader reply)
    {
        if (reply.IsNull)
        {
            return null;
        }

        if (reply.Kind == '#')
        {
            return reply.Value.SequenceEqual("t"u8);
        }

        if (IsText(reply) && reply.Value.SequenceEqual("OK"u8))
        {
            return true;
        }

        return IsScalar(reply) && reply.TryGetInt64(out var number) ? number != 0 : throw Unexpected(reply, "a boolean");
    }

    private static T[]? ReadArray<T>(ref RespReader reply, ReplyReader<T> element)
    {
        if (reply.IsNull)
        {
            return null;
        }

        if (IsScalar(reply))
        {
            throw Unexpected(reply, "an array");
        }

        var items = reply.Count == 0 ? [] : new T[reply.Count];
        for (var index = 0; index < items.Length; index++)
        {
            reply.Read();
            items[index] = ReadElement(ref reply, element);
        }

        return items;
    }

    private static Dictionary<string, T> ReadMap<T>(ref RespReader reply, ReplyReader<T> element)
    {
        if (!reply.IsNull && IsScalar(reply))
        {
            throw Unexpected(reply, "a map");
        }

        var count = reply.IsNull ? 0 : reply.Count;
        var map = new Dictionary<string, T>(count / 2);
        for (var read = 0; read < count; read += 2)
        {
            reply.Read();
            if (reply.Kind == '*' && reply.Count == 2)
            {
                // RESP3 writes some replies as an array of pairs.
                read--;
                reply.Read();
            }

            var key = Text(ref reply);
            reply.Read();
            map[key] = ReadElement(ref reply, element);
        }

        return map;
    }

    /// <summary>An error inside an array is that element's, and the caller asked for values: it is thrown.</summary>
    private static T ReadElement<T>(ref RespReader reply, ReplyReader<T> element) =>
        reply.IsError && typeof(T) != typeof(RedisReply) ? throw RedisServerException.From(reply.Value) : element(ref reply);
}
