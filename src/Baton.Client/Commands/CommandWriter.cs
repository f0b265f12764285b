using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Baton.Client;

/// <summary>
/// Encodes one command, <c>*N\r\n$len\r\narg\r\n...</c>, into a buffer that its thread reuses, from where it is copied once, under the
/// outbox's lock and in order, into the bytes to be sent. (Encoding under the lock would save the copy of some tens of bytes, and would run
/// the caller's code, which may throw or call the client again, inside the lock.)
/// </summary>
internal ref struct CommandWriter
{
    /// <summary><c>*1048576\r\n</c> fits.</summary>
    private const int HeaderSpace = 16;

    /// <summary><c>$2147483647\r\n</c></summary>
    private const int LongestHeader = 13;
    private const int LongestNumber = 32;
    private const int FirstSize = 1024;

    /// <summary>A buffer that grew beyond this is not kept by its thread.</summary>
    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static byte[]? _kept;

    private byte[] _buffer;
    private int _position;
    private int _count;

    private CommandWriter(byte[] buffer)
    {
        _buffer = buffer;
        _position = HeaderSpace;
    }

    /// <summary>What the command does.</summary>
    public CommandTraits Traits { get; set; }

    /// <summary>For a blocking command: which of its arguments says how long it may wait.</summary>
    public BlockingTimeout Wait { get; set; }

    /// <summary>Arguments so far, the name included.</summary>
    public readonly int Count => _count;

    /// <summary>Begins a command whose name is written as an argument later.</summary>
    public static CommandWriter Begin()
    {
        var buffer = _kept ?? new byte[FirstSize];
        _kept = null;
        return new CommandWriter(buffer);
    }

    /// <summary>Begins a command with its name (one word).</summary>
    public static CommandWriter Begin(scoped ReadOnlySpan<byte> name, CommandTraits traits = CommandTraits.None)
    {
        var writer = Begin();
        writer.Traits = traits;
        writer.AddBytes(name);
        return writer;
    }

    /// <summary>A key.</summary>
    public void Add(RedisKey key) => key.WriteTo(ref this);

    /// <summary>A value.</summary>
    public void Add(RedisValue value) => value.WriteTo(ref this);

    /// <summary>A key and all that follow.</summary>
    public void Add(scoped ReadOnlySpan<RedisKey> keys)
    {
        foreach (var key in keys)
        {
            key.WriteTo(ref this);
        }
    }

    /// <summary>Values, one argument each.</summary>
    public void Add(scoped ReadOnlySpan<RedisValue> values)
    {
        foreach (var value in values)
        {
            value.WriteTo(ref this);
        }
    }

    /// <summary>A whole number.</summary>
    public void Add(long number) => AddInteger(number);

    /// <summary>One argument of bytes: <c>$len\r\n...\r\n</c></summary>
    public void AddBytes(scoped ReadOnlySpan<byte> value)
    {
        Reserve(LongestHeader + value.Length + 2);
        WriteHeader((byte)'$', value.Length);
        value.CopyTo(_buffer.AsSpan(_position));
        _position += value.Length;
        EndLine();
        _count++;
    }

    /// <summary>One argument of UTF-8 text.</summary>
    public void AddText(scoped ReadOnlySpan<char> text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Reserve(LongestHeader + length + 2);
        WriteHeader((byte)'$', length);
        _position += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_position));
        EndLine();
        _count++;
    }

    /// <summary>One argument, a decimal number.</summary>
    public void AddInteger(long number)
    {
        Span<byte> digits = stackalloc byte[LongestNumber];
        Utf8Formatter.TryFormat(number, digits, out var length);
        AddBytes(digits[..length]);
    }

    /// <summary>One argument, the shortest text that reads back as this number.</summary>
    public void AddDouble(double number)
    {
        Span<byte> text = stackalloc byte[LongestNumber];
        if (double.IsInfinity(number))
        {
            AddBytes(number > 0 ? "inf"u8 : "-inf"u8);
        }
        else
        {
            number.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
            AddBytes(text[..length]);
        }
    }

    /// <summary>Writes the header and gives the whole command, which lives until <see cref="Return"/>.</summary>
    public readonly ReadOnlyMemory<byte> Finish()
    {
        Span<byte> header = stackalloc byte[HeaderSpace];
        header[0] = (byte)'*';
        Utf8Formatter.TryFormat(_count, header[1..], out var digits);
        header[digits + 1] = (byte)'\r';
        header[digits + 2] = (byte)'\n';
        var length = digits + 3;
        header[..length].CopyTo(_buffer.AsSpan(HeaderSpace - length));
        return _buffer.AsMemory(HeaderSpace - length, _position - HeaderSpace + length);
    }

    /// <summary>An argument written before, as bytes; 0 is the name.</summary>
    public readonly ReadOnlySpan<byte> Argument(int index)
    {
        var rest = _buffer.AsSpan(HeaderSpace, _position - HeaderSpace);
        for (; ; index--)
        {
            _ = Utf8Parser.TryParse(rest[1..], out int length, out var digits);
            var body = digits + 3;
            if (index == 0)
            {
                return rest.Slice(body, length);
            }

            rest = rest[(body + length + 2)..];
        }
    }

    /// <summary>Gives the buffer back to the thread.</summary>
    public readonly void Return()
    {
        if (_buffer.Length <= LargestKept)
        {
            _kept = _buffer;
        }
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _position < bytes)
        {
            Array.Resize(ref _buffer, checked((int)Math.Max((uint)_buffer.Length * 2, (uint)(_position + bytes))));
        }
    }

    private void WriteHeader(byte type, int number)
    {
        _buffer[_position++] = type;
        Utf8Formatter.TryFormat(number, _buffer.AsSpan(_position), out var digits);
        _position += digits;
        EndLine();
    }

    private void EndLine()
    {
        _buffer[_position++] = (byte)'\r';
        _buffer[_position++] = (byte)'\n';
    }
}
