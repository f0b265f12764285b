using System.Globalization;
using System.Text;

namespace Baton.Client;

/// <summary>
/// An argument that is not a key: text (sent as UTF-8), bytes, or a number (sent as decimal text, independent of culture; doubles in the
/// shortest form that reads back as the same number). Converts implicitly; a default value is the empty string. Immutable.
/// </summary>
public readonly struct RedisValue
{
    private readonly string? _text;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly long _number;
    private readonly Kind _kind;

    private RedisValue(Kind kind, string? text, ReadOnlyMemory<byte> bytes, long number) =>
        (_kind, _text, _bytes, _number) = (kind, text, bytes, number);

    private enum Kind : byte
    {
        Bytes,
        Text,
        Integer,
        Double,
    }

    /// <summary>Text.</summary>
    /// <exception cref="ArgumentNullException">Redis has no null to store: delete the key or field in its stead.</exception>
    public static implicit operator RedisValue(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(Kind.Text, text, default, 0);
    }

    /// <summary>Bytes; they must not change until the command is done.</summary>
    public static implicit operator RedisValue(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new(Kind.Bytes, null, bytes, 0);
    }

    /// <summary>Bytes; they must not change until the command is done.</summary>
    public static implicit operator RedisValue(ReadOnlyMemory<byte> bytes) => new(Kind.Bytes, null, bytes, 0);

    /// <summary>Bytes; they must not change until the command is done.</summary>
    public static implicit operator RedisValue(Memory<byte> bytes) => new(Kind.Bytes, null, bytes, 0);

    /// <summary>A whole number.</summary>
    public static implicit operator RedisValue(int number) => new(Kind.Integer, null, default, number);

    /// <summary>A whole number.</summary>
    public static implicit operator RedisValue(long number) => new(Kind.Integer, null, default, number);

    /// <summary>A whole number.</summary>
    public static implicit operator RedisValue(byte number) => (long)number;

    /// <summary>A whole number.</summary>
    public static implicit operator RedisValue(ushort number) => (long)number;

    /// <summary>A whole number.</summary>
    public static implicit operator RedisValue(uint number) => (long)number;

    /// <summary>A whole number, beyond those of Redis' own arithmetic too.</summary>
    public static implicit operator RedisValue(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A character, as text.</summary>
    public static implicit operator RedisValue(char character) => character.ToString();

    /// <summary>1 or 0.</summary>
    public static implicit operator RedisValue(bool value) => new(Kind.Integer, null, default, value ? 1 : 0);

    /// <summary>A floating-point number; infinities are sent as <c>inf</c> and <c>-inf</c>.</summary>
    public static implicit operator RedisValue(double number) => new(Kind.Double, null, default, BitConverter.DoubleToInt64Bits(number));

    /// <summary>The same in the shortest form that reads back as the same number of this size.</summary>
    public static implicit operator RedisValue(float number) =>
        float.IsInfinity(number) ? (double)number : number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The value of a key, for commands that take either.</summary>
    public static implicit operator RedisValue(RedisKey key) => key.AsValue();

    /// <summary>The value as text.</summary>
    public override string ToString() => _kind switch
    {
        Kind.Text => _text!,
        Kind.Integer => _number.ToString(CultureInfo.InvariantCulture),
        Kind.Double => BitConverter.Int64BitsToDouble(_number) switch
        {
            double.PositiveInfinity => "inf",
            double.NegativeInfinity => "-inf",
            var number => number.ToString("R", CultureInfo.InvariantCulture),
        },
        _ => Encoding.UTF8.GetString(_bytes.Span),
    };

    /// <summary>The bytes, when it was made of bytes.</summary>
    internal ReadOnlyMemory<byte>? Bytes => _kind == Kind.Bytes ? _bytes : default(ReadOnlyMemory<byte>?);

    internal void WriteTo(ref CommandWriter writer)
    {
        switch (_kind)
        {
            case Kind.Text:
                writer.AddText(_text!);
                break;
            case Kind.Integer:
                writer.AddInteger(_number);
                break;
            case Kind.Double:
                writer.AddDouble(BitConverter.Int64BitsToDouble(_number));
                break;
            default:
                writer.AddBytes(_bytes.Span);
                break;
        }
    }
}
