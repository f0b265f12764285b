using System.Buffers.Text;
using System.Text;

namespace Baton.Protocol.Resp;

/// <summary>A forward cursor over complete frames, for code that looks inside (handshakes, pushes, INFO). Zero-copy.</summary>
public ref struct RespReader
{
    private const int NullLength = -1;

    /// <summary>Type and colon of a verbatim string: <c>txt:</c>.</summary>
    private const int VerbatimPrefix = 4;

    private readonly ReadOnlySpan<byte> _data;
    private ReadOnlySpan<byte> _value;
    private int _position;
    private int _count;
    private byte _kind;
    private bool _isNull;

    /// <summary>Reads from the start of <paramref name="data"/>, which must hold whole frames.</summary>
    public RespReader(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>The type byte of the current value.</summary>
    public readonly byte Kind => _kind;

    /// <summary>For aggregates: how many values follow (a map of 2 pairs: 4). -1 for a null aggregate. 0 for scalars.</summary>
    public readonly int Count => _count;

    /// <summary>For scalars: the bytes without prefix and terminator (verbatim strings without <c>txt:</c>).</summary>
    public readonly ReadOnlySpan<byte> Value => _value;

    /// <summary><c>_</c>, <c>$-1</c> or <c>*-1</c>.</summary>
    public readonly bool IsNull => _isNull;

    /// <summary><c>-</c> or <c>!</c>.</summary>
    public readonly bool IsError => _kind is (byte)'-' or (byte)'!';

    /// <summary>Offset of the first byte after the current value's own bytes (header only, for an aggregate).</summary>
    public readonly int Position => _position;

    /// <summary>Moves to the next value (a scalar, or the header of an aggregate). False at the end. Attributes are skipped.</summary>
    /// <exception cref="RespFormatException">The bytes are not RESP.</exception>
    public bool Read()
    {
        // Values that belong to attributes and are passed over; an attribute may itself hold aggregates and attributes.
        long skip = 0;
        while (ReadNext())
        {
            if (_kind == '|')
            {
                skip += _count;
            }
            else if (skip == 0)
            {
                return true;
            }
            else
            {
                skip += Math.Max(_count, 0) - 1;
            }
        }

        return skip == 0 ? false : throw Truncated();
    }

    /// <summary>An integer from <c>:</c>, or decimal digits in a string.</summary>
    public readonly bool TryGetInt64(out long value)
    {
        if (Utf8Parser.TryParse(_value, out value, out var consumed) && consumed == _value.Length && !_isNull)
        {
            return true;
        }

        value = 0;
        return false;
    }

    /// <summary>The value as UTF-8 text.</summary>
    public readonly string GetString() => Encoding.UTF8.GetString(_value);

    /// <summary>
    /// Skips the current value with everything in it. Afterwards the cursor still describes the value, and <see cref="Position"/> is
    /// its end.
    /// </summary>
    /// <exception cref="RespFormatException">The bytes are not RESP.</exception>
    public void SkipChildren()
    {
        var (kind, count, isNull) = (_kind, _count, _isNull);
        var value = _value;
        for (var left = (long)Math.Max(_count, 0); left > 0; left--)
        {
            if (!Read())
            {
                throw Truncated();
            }

            left += Math.Max(_count, 0);
        }

        (_kind, _count, _isNull) = (kind, count, isNull);
        _value = value;
    }

    private static RespFormatException Truncated() => new("The bytes end inside a frame.");

    /// <summary>The next header or scalar, attributes' included.</summary>
    private bool ReadNext()
    {
        if (_position >= _data.Length)
        {
            return false;
        }

        _kind = _data[_position];
        _count = 0;
        _isNull = _kind == '_';
        var line = ReadLine();
        switch (_kind)
        {
            case (byte)'+' or (byte)'-' or (byte)':' or (byte)',' or (byte)'#' or (byte)'(' or (byte)'_':
                _value = line;
                break;
            case (byte)'$' or (byte)'!' or (byte)'=':
                ReadBody(ParseLength(line));
                break;
            case (byte)'*' or (byte)'~' or (byte)'>' or (byte)'%' or (byte)'|':
                ReadCount(ParseLength(line));
                break;
            default:
                throw new RespFormatException($"A frame cannot begin with the byte 0x{_kind:x2}.");
        }

        return true;
    }

    private ReadOnlySpan<byte> ReadLine()
    {
        var rest = _data[(_position + 1)..];
        var end = rest.IndexOf("\r\n"u8);
        if (end < 0)
        {
            throw Truncated();
        }

        _position += end + 3;
        return rest[..end];
    }

    private readonly int ParseLength(ReadOnlySpan<byte> line)
    {
        if (!DecimalText.TryParse(line, out var length) || length is < NullLength or > int.MaxValue
            || (length == NullLength && _kind is not ((byte)'$' or (byte)'*')))
        {
            throw new RespFormatException($"The length after '{(char)_kind}' is not a valid number.");
        }

        return (int)length;
    }

    private void ReadBody(int length)
    {
        _value = default;
        if (length == NullLength)
        {
            _isNull = true;
            return;
        }

        if (_data.Length - _position < length + 2L)
        {
            throw Truncated();
        }

        _value = _data.Slice(_position, length);
        _position += length + 2;
        if (!_data[..^(_data.Length - _position)].EndsWith("\r\n"u8))
        {
            throw new RespFormatException("A string does not end where its length says.");
        }

        if (_kind == '=')
        {
            _value = _value.Length < VerbatimPrefix || _value[VerbatimPrefix - 1] != ':'
                ? throw new RespFormatException("A verbatim string has no type in front.")
                : _value[VerbatimPrefix..];
        }
    }

    private void ReadCount(int count)
    {
        _value = default;
        _isNull = count == NullLength;
        if (_kind is (byte)'%' or (byte)'|')
        {
            count = count > int.MaxValue / 2 ? throw new RespFormatException("A map has too many pairs.") : count * 2;
        }

        _count = count;
    }
}
