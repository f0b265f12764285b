namespace Baton.Protocol.Resp;

/// <summary>
/// Finds the commands in a client's bytes: arrays of bulk strings (<c>*2\r\n$3\r\nGET\r\n$1\r\nk\r\n</c>) and inline commands
/// (<c>GET k\r\n</c>, with Redis' quoting). One pass, resumable: after <see cref="ScanStatus.NeedMore"/> call again with the same bytes and
/// more behind them, nothing is scanned twice. Not thread-safe; reusable after <see cref="Reset"/>; allocates nothing in steady state.
/// </summary>
/// <remarks>
/// As strict as Redis about numbers (canonical decimals only) and stricter about line ends: where Redis skips the two bytes behind a bulk
/// string unseen, they must be CR LF here. What is forwarded to a shared upstream connection must mean the same to everyone who reads it.
/// <code>
/// state      bytes                                   next
/// Idle       first byte '*'                          Header
/// Idle       any other byte                          Inline
/// Header     n CR LF, n &lt;= 0                         Idle (empty frame)
/// Header     n CR LF, n &gt; 0                          Arguments
/// Arguments  n times '$' length CR LF bytes CR LF    Idle (complete)
/// Inline     bytes [CR] LF                           Idle (complete)
/// any        what Redis would refuse                 Failed, until Reset
/// </code>
/// </remarks>
public sealed class RequestScanner
{
    /// <summary>The shortest argument there is: <c>$0\r\n\r\n</c>.</summary>
    private const int ShortestArgument = 6;

    private readonly RespLimits _limits;
    private readonly long _maxRequestLength;
    private readonly ArgumentTable _arguments = new();

    /// <summary>No limit is so low that a command of few short arguments could pass it.</summary>
    private readonly bool _shortWayIsWithinLimits;
    private State _state;
    private byte[] _inline = [];

    /// <summary>First byte not yet understood.</summary>
    private int _position;

    /// <summary>How far the current header line was searched for its end.</summary>
    private int _searched;

    /// <summary>Arguments the header announced.</summary>
    private int _expected;

    /// <summary>Length of the bulk string whose header was read and whose bytes are not all there; -1 when a header comes next.</summary>
    private int _bodyLength;

    /// <summary>Creates a scanner.</summary>
    /// <param name="limits">Maxima; Redis' own when null.</param>
    public RequestScanner(RespLimits? limits = null)
    {
        _limits = limits ?? RespLimits.Default;
        _maxRequestLength = Math.Min(_limits.MaxRequestLength, int.MaxValue);
        _shortWayIsWithinLimits = _limits.MaxArguments >= ShortCommand.MostArguments
            && _limits.MaxBulkLength >= ShortCommand.LongestArgument && _maxRequestLength >= ShortCommand.LongestFrame;
    }

    private enum State
    {
        Idle,
        Header,
        Arguments,
        Inline,
        Failed,
    }

    /// <summary>
    /// The client has still to give AUTH: until then a command may only be small, with <see cref="RespLimits.UnauthenticatedArguments"/> and
    /// <see cref="RespLimits.UnauthenticatedBulkLength"/>. Who could be anybody must not take much memory.
    /// </summary>
    public bool IsUnauthenticated { get; set; }

    /// <summary>Length in bytes of the frame found.</summary>
    public int FrameLength { get; private set; }

    /// <summary>
    /// True for an inline command; its arguments are unquoted copies, and <see cref="FrameLength"/> bytes must not be forwarded as
    /// they are.
    /// </summary>
    public bool IsInline { get; private set; }

    /// <summary>Arguments, the command's name included.</summary>
    public int ArgumentCount => _arguments.Count;

    /// <summary>After <see cref="ScanStatus.NeedMore"/>: how many bytes the frame has at least (so a reader can size its buffer).</summary>
    public long MinimumLength { get; private set; }

    /// <summary>After <see cref="ScanStatus.Invalid"/>: Redis' own words, e.g. <c>Protocol error: invalid bulk length</c>.</summary>
    public string? Error { get; private set; }

    /// <summary>
    /// Scans the frame that starts at <paramref name="data"/>[0]. After <see cref="ScanStatus.Complete"/> the properties describe it
    /// until the next call;
    /// the next call starts a new frame (pass the bytes after <see cref="FrameLength"/>).
    /// Empty frames (<c>*0</c>, <c>*-1</c>, a blank inline line) are Complete with <see cref="ArgumentCount"/> 0: skip them, as Redis does.
    /// After <see cref="ScanStatus.Invalid"/> every call is Invalid until <see cref="Reset"/>.
    /// </summary>
    public ScanStatus Scan(ReadOnlySpan<byte> data)
    {
        if (_state == State.Idle)
        {
            if (data.IsEmpty)
            {
                MinimumLength = 1;
                return ScanStatus.NeedMore;
            }

            _arguments.Clear();
            MinimumLength = 0;
            if (_shortWayIsWithinLimits && ShortCommand.TryScan(data, _arguments, out var length))
            {
                IsInline = false;
                FrameLength = length;
                return ScanStatus.Complete;
            }

            BeginFrame(data[0]);
        }

        return _state switch
        {
            State.Header => ScanHeader(data),
            State.Arguments => ScanArguments(data),
            State.Inline => ScanInline(data),
            _ => ScanStatus.Invalid,
        };
    }

    /// <summary>An argument's bytes; <paramref name="data"/> is what was given to the <see cref="Scan"/> that completed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such argument.</exception>
    public ReadOnlySpan<byte> Argument(ReadOnlySpan<byte> data, int index)
    {
        var place = _arguments[index];
        return IsInline ? _inline.AsSpan(place.Offset, place.Length) : data.Slice(place.Offset, place.Length);
    }

    /// <summary>Offset of an argument's first byte in the frame (not for inline commands).</summary>
    /// <exception cref="InvalidOperationException">The command is an inline one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such argument.</exception>
    public int ArgumentOffset(int index) => IsInline
        ? throw new InvalidOperationException("An inline command's arguments are unquoted copies; they have no place in the frame.")
        : _arguments[index].Offset;

    /// <summary>Forgets a half-scanned frame.</summary>
    public void Reset()
    {
        _state = State.Idle;
        _arguments.Clear();
        FrameLength = 0;
        IsInline = false;
        MinimumLength = 0;
        Error = null;
    }

    private void BeginFrame(byte first)
    {
        _searched = 0;
        _position = 0;
        _bodyLength = -1;
        IsInline = first != '*';
        _state = IsInline ? State.Inline : State.Header;
    }

    /// <summary><c>*3\r\n</c></summary>
    private ScanStatus ScanHeader(ReadOnlySpan<byte> data)
    {
        var status = ReadNumber(data, "Protocol error: too big mbulk count string", "Protocol error: invalid multibulk length", out var count);
        if (status != ScanStatus.Complete)
        {
            return status;
        }

        if (count > _limits.MaxArguments)
        {
            return Fail("Protocol error: invalid multibulk length");
        }

        if (IsUnauthenticated && count > RespLimits.UnauthenticatedArguments)
        {
            return Fail("Protocol error: unauthenticated multibulk length");
        }

        if (count <= 0)
        {
            return Complete();
        }

        _expected = (int)count;
        _state = State.Arguments;
        return ScanArguments(data);
    }

    /// <summary><c>$3\r\nGET\r\n</c>, as often as the header said.</summary>
    private ScanStatus ScanArguments(ReadOnlySpan<byte> data)
    {
        while (_arguments.Count < _expected)
        {
            if (_bodyLength < 0 && (_bodyLength = ShortCommand.ReadLength(data, ref _position)) < 0)
            {
                var status = ReadBulkLength(data);
                if (status != ScanStatus.Complete)
                {
                    return status;
                }
            }

            if (_bodyLength > _limits.MaxBulkLength)
            {
                return Fail("Protocol error: invalid bulk length");
            }

            if (IsUnauthenticated && _bodyLength > RespLimits.UnauthenticatedBulkLength)
            {
                return Fail("Protocol error: unauthenticated bulk length");
            }

            var end = _position + (long)_bodyLength;
            if (end + 2 > _maxRequestLength)
            {
                return Fail("Protocol error: too big request");
            }

            if (end + 2 > data.Length)
            {
                return CheckBody(data, end);
            }

            if (data[(int)end] != '\r' || data[(int)end + 1] != '\n')
            {
                return Fail("Protocol error: invalid bulk length");
            }

            _arguments.Add(_position, _bodyLength);
            _position = (int)end + 2;
            _bodyLength = -1;
        }

        return Complete();
    }

    /// <summary>A bulk string that is not wholly there: its first terminator byte may be.</summary>
    private ScanStatus CheckBody(ReadOnlySpan<byte> data, long end)
    {
        if (end < data.Length && data[(int)end] != '\r')
        {
            return Fail("Protocol error: invalid bulk length");
        }

        return NeedMore(end + 2 + ((_expected - _arguments.Count - 1) * (long)ShortestArgument));
    }

    private ScanStatus ReadBulkLength(ReadOnlySpan<byte> data)
    {
        var status = ReadNumber(data, "Protocol error: too big bulk count string", "Protocol error: invalid bulk length", out var length);
        if (status != ScanStatus.Complete)
        {
            return status;
        }

        if (length < 0)
        {
            return Fail("Protocol error: invalid bulk length");
        }

        // A length over 2 GiB is over any limit on the whole request, too; the caller's checks see it.
        _bodyLength = (int)Math.Min(length, int.MaxValue);
        return ScanStatus.Complete;
    }

    /// <summary>Reads the line at the position: a marker byte, a canonical decimal, CR LF. Moves the position behind it.</summary>
    private ScanStatus ReadNumber(ReadOnlySpan<byte> data, string tooBig, string invalid, out long number)
    {
        number = 0;
        var start = _position;
        var window = data[start..(int)Math.Min(data.Length, start + 1L + _limits.MaxInlineLength)];
        var from = Math.Max(0, _searched - start);
        var end = window[from..].IndexOf((byte)'\r');
        if (end < 0)
        {
            _searched = start + window.Length;
            return window.Length > _limits.MaxInlineLength
                ? Fail(tooBig)
                : NeedMore(data.Length + 2 + ((Math.Max(0, _expected - _arguments.Count - 1)) * (long)ShortestArgument));
        }

        end += from;
        if (_state == State.Arguments && window[0] != '$')
        {
            return Fail($"Protocol error: expected '$', got '{(char)window[0]}'");
        }

        if (!DecimalText.TryParse(window[1..end], out number))
        {
            return Fail(invalid);
        }

        if (start + end + 1 == data.Length)
        {
            _searched = start + end;
            return NeedMore(data.Length + 1);
        }

        _position = start + end + 2;
        return data[start + end + 1] == '\n' ? ScanStatus.Complete : Fail(invalid);
    }

    private ScanStatus ScanInline(ReadOnlySpan<byte> data)
    {
        var window = data[..(int)Math.Min(data.Length, _limits.MaxInlineLength + 1L)];
        var end = window[_searched..].IndexOf((byte)'\n');
        if (end < 0)
        {
            _searched = window.Length;
            return window.Length > _limits.MaxInlineLength ? Fail("Protocol error: too big inline request") : NeedMore(data.Length + 1L);
        }

        end += _searched;
        var line = data[..end];
        if (line.EndsWith("\r"u8))
        {
            line = line[..^1];
        }

        if (_inline.Length < line.Length)
        {
            _inline = new byte[Math.Min(_limits.MaxInlineLength, Math.Max(64, line.Length * 2))];
        }

        if (!InlineSplitter.TrySplit(line, _inline, _arguments))
        {
            return Fail("Protocol error: unbalanced quotes in request");
        }

        _position = end + 1;
        return Complete();
    }

    private ScanStatus Complete()
    {
        _state = State.Idle;
        FrameLength = _position;
        return ScanStatus.Complete;
    }

    private ScanStatus NeedMore(long minimumLength)
    {
        MinimumLength = minimumLength;
        return ScanStatus.NeedMore;
    }

    private ScanStatus Fail(string error)
    {
        _state = State.Failed;
        _arguments.Clear();
        Error = error;
        return ScanStatus.Invalid;
    }
}
