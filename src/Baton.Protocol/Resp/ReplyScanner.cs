namespace Baton.Protocol.Resp;

/// <summary>
/// Finds where an engine's frames end (RESP2 and RESP3, attributes and pushes included), in bytes that arrive in any pieces. Unlike
/// <see cref="RequestScanner"/> it is fed each byte once and keeps no data, so that a huge reply can be forwarded while it arrives.
/// Looks at framing only: what stands in a scalar is not judged. Not thread-safe; allocates nothing in steady state.
/// </summary>
/// <remarks>
/// <code>
/// state   bytes                          next
/// Type    + - : , # ( _                  Line
/// Type    $ ! = * ~ &gt; % |                Number
/// Line    up to CR                       LineEnd
/// LineEnd LF                             value ends
/// Number  digits, CR                     NumberEnd
/// NumberEnd LF, length of a string       Body
/// NumberEnd LF, count of an aggregate    Type (for each element; null or empty: value ends)
/// Body    length bytes, CR, LF           value ends
/// any     what cannot be RESP            Failed, for good
/// </code>
/// A value that ends completes its aggregate when it was the last element, and the frame when there is no aggregate around it.
/// </remarks>
public sealed class ReplyScanner
{
    /// <summary>Longest count or length in digits: more would not fit 64 bits.</summary>
    private const int MostDigits = 18;

    private readonly RespLimits _limits;

    /// <summary>For every open aggregate: values still to come, times two, plus one when it is an attribute.</summary>
    private long[] _open = new long[4];
    private int _depth;
    private State _state;
    private byte _type;

    /// <summary>The number read so far, or how many bytes of the body (terminator included) or line are left or were seen.</summary>
    private long _number;
    private int _digits;
    private bool _negative;

    /// <summary>Creates a scanner.</summary>
    /// <param name="limits">Maxima; Redis' own when null.</param>
    public ReplyScanner(RespLimits? limits = null) => _limits = limits ?? RespLimits.Default;

    private enum State
    {
        Type,
        Line,
        LineEnd,
        Number,
        NumberEnd,
        Body,
        Failed,
    }

    /// <summary>
    /// First byte of the current or just completed frame's value: <c>+ - : $ * _ , # ! = ( % ~ &gt;</c>; 0 while only its attributes
    /// were seen.
    /// </summary>
    public byte Kind { get; private set; }

    /// <summary>True while a frame has begun and not ended.</summary>
    public bool InsideFrame { get; private set; }

    /// <summary>After <see cref="ScanStatus.Invalid"/>: what was wrong.</summary>
    public string? Error { get; private set; }

    /// <summary>
    /// Consumes bytes up to the end of the current frame. Complete: the frame ends after <paramref name="consumed"/> bytes and the
    /// next call
    /// starts a new one. NeedMore: all bytes belong to the frame (<paramref name="consumed"/> is their count). Invalid: see <see
    /// cref="Error"/>;
    /// there is no way back into step, so every further call is Invalid too.
    /// A RESP3 attribute (<c>|</c>) counts as a part of the frame it precedes.
    /// </summary>
    public ScanStatus Scan(ReadOnlySpan<byte> data, out int consumed)
    {
        if (!InsideFrame && _state == State.Type && TryScanWholeScalar(data, out consumed))
        {
            return ScanStatus.Complete;
        }

        consumed = 0;
        while (consumed < data.Length || _state == State.Failed)
        {
            var ended = _state switch
            {
                State.Type => BeginValue(data[consumed++]),
                State.Line => SkipLine(data, ref consumed),
                State.LineEnd => EndLine(data[consumed++]),
                State.Number => ReadNumber(data, ref consumed),
                State.NumberEnd => EndNumber(data[consumed++]),
                State.Body => SkipBody(data, ref consumed),
                _ => false,
            };
            if (_state == State.Failed)
            {
                return ScanStatus.Invalid;
            }

            if (ended && EndValue())
            {
                InsideFrame = false;
                return ScanStatus.Complete;
            }
        }

        return ScanStatus.NeedMore;
    }

    /// <summary>
    /// The common case: a frame that is one small scalar, all of it in the buffer. <c>$5\r\nhello\r\n</c>, <c>+OK\r\n</c>,
    /// <c>:1\r\n</c>
    /// </summary>
    private bool TryScanWholeScalar(ReadOnlySpan<byte> data, out int consumed)
    {
        consumed = 0;
        if (data.Length < 4)
        {
            return false;
        }

        var type = data[0];
        int end;
        if (type is (byte)'+' or (byte)'-' or (byte)':')
        {
            end = data.IndexOf((byte)'\r');
        }
        else if (type != '$')
        {
            return false;
        }
        else
        {
            // Four digits cover 10 KB; longer strings, nulls and errors take the general path.
            var length = 0;
            var next = 1;
            for (; next < 5 && next < data.Length && (uint)(data[next] - '0') <= 9; next++)
            {
                length = (length * 10) + (data[next] - '0');
            }

            if (next == 1 || data.Length - next < length + 4 || data[next] != '\r' || data[next + 1] != '\n' || length > _limits.MaxBulkLength)
            {
                return false;
            }

            end = next + 2 + length;
        }

        if (end < 0 || end + 1 >= data.Length || data[end] != '\r' || data[end + 1] != '\n' || end > _limits.MaxBulkLength)
        {
            return false;
        }

        Kind = type;
        consumed = end + 2;
        return true;
    }

    private bool BeginValue(byte type)
    {
        if (!InsideFrame)
        {
            InsideFrame = true;
            Kind = 0;
        }

        if (_depth == 0 && type != '|')
        {
            Kind = type;
        }

        _type = type;
        _number = 0;
        _digits = 0;
        _negative = false;
        switch (type)
        {
            case (byte)'+' or (byte)'-' or (byte)':' or (byte)',' or (byte)'#' or (byte)'(' or (byte)'_':
                _state = State.Line;
                return false;
            case (byte)'$' or (byte)'!' or (byte)'=' or (byte)'*' or (byte)'~' or (byte)'>' or (byte)'%' or (byte)'|':
                _state = State.Number;
                return false;
            default:
                return Fail($"a reply cannot begin with the byte 0x{type:x2}");
        }
    }

    private bool SkipLine(ReadOnlySpan<byte> data, ref int consumed)
    {
        var rest = data[consumed..];
        var end = rest.IndexOf((byte)'\r');
        _number += end < 0 ? rest.Length : end;
        consumed += end < 0 ? rest.Length : end + 1;
        if (_number > _limits.MaxBulkLength)
        {
            return Fail($"a line is longer than {_limits.MaxBulkLength} bytes");
        }

        if (end >= 0)
        {
            _state = State.LineEnd;
        }

        return false;
    }

    private bool EndLine(byte value) => value == '\n' || Fail("a line has a carriage return without a line feed behind it");

    private bool ReadNumber(ReadOnlySpan<byte> data, ref int consumed)
    {
        while (consumed < data.Length)
        {
            var value = data[consumed++];
            var digit = (uint)(value - '0');
            if (digit <= 9)
            {
                _number = (_number * 10) + digit;
                if (++_digits > MostDigits)
                {
                    return Fail($"the length after '{(char)_type}' has more than {MostDigits} digits");
                }
            }
            else if (value == '-' && _digits == 0 && !_negative)
            {
                _negative = true;
            }
            else if (value == '\r' && _digits > 0)
            {
                _state = State.NumberEnd;
                return false;
            }
            else
            {
                return Fail(value == '?' ? $"streamed values ('{(char)_type}?') are not supported" : $"the length after '{(char)_type}' is not a number");
            }
        }

        return false;
    }

    private bool EndNumber(byte value)
    {
        if (value != '\n')
        {
            return Fail("a line has a carriage return without a line feed behind it");
        }

        if (_negative)
        {
            return (_number == 1 && _type is (byte)'$' or (byte)'*') || Fail($"the length after '{(char)_type}' is negative");
        }

        return _type is (byte)'$' or (byte)'!' or (byte)'=' ? BeginBody() : BeginAggregate();
    }

    private bool BeginBody()
    {
        if (_number > _limits.MaxBulkLength)
        {
            return Fail($"a string of {_number} bytes is longer than {_limits.MaxBulkLength}");
        }

        _number += 2;
        _state = State.Body;
        return false;
    }

    private bool BeginAggregate()
    {
        var count = _type is (byte)'%' or (byte)'|' ? _number * 2 : _number;
        if (count > _limits.MaxElements)
        {
            return Fail($"an aggregate of {count} elements has more than {_limits.MaxElements}");
        }

        _state = State.Type;
        if (count == 0)
        {
            // An empty attribute leaves everything as it was: the value it precedes is still to come.
            return _type != '|';
        }

        if (_depth == _limits.MaxDepth)
        {
            return Fail($"aggregates are nested deeper than {_limits.MaxDepth}");
        }

        if (_depth == _open.Length)
        {
            Array.Resize(ref _open, _open.Length * 2);
        }

        _open[_depth++] = (count * 2) + (_type == '|' ? 1 : 0);
        return false;
    }

    /// <summary><c>_number</c> bytes are left: the string, then CR LF.</summary>
    private bool SkipBody(ReadOnlySpan<byte> data, ref int consumed)
    {
        if (_number > 2)
        {
            var skipped = (int)Math.Min(_number - 2, data.Length - consumed);
            _number -= skipped;
            consumed += skipped;
        }

        while (_number is 1 or 2 && consumed < data.Length)
        {
            if (data[consumed++] != (_number == 2 ? '\r' : '\n'))
            {
                return Fail("a string does not end where its length says");
            }

            if (--_number == 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A value is over. True when the frame is, too.</summary>
    private bool EndValue()
    {
        _state = State.Type;
        while (_depth > 0)
        {
            _open[_depth - 1] -= 2;
            var left = _open[_depth - 1];
            if (left > 1)
            {
                return false;
            }

            _depth--;
            if (left == 1)
            {
                // An attribute is over: the value it describes is still to come and counts in its stead.
                return false;
            }
        }

        return true;
    }

    private bool Fail(string error)
    {
        Error = error;
        _state = State.Failed;
        return false;
    }
}
