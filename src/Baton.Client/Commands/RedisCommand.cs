using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Baton.Client;

/// <summary>
/// Any command of any server, as an interpolated string: <c>$"SET {key} {value} EX {60}"</c>. Literal text is split into arguments at blanks;
/// what stands in braces is always exactly one argument (or a part of one, when it touches literal text: <c>$"GET user:{id}"</c>), whatever
/// characters it holds, so nothing a user types can become syntax. A sequence in braces becomes one argument for each element. There is no
/// quoting in literal text: put what holds blanks into braces. Used once, by the call it is written in. A string is no command, and does not
/// compile as one: what was put together elsewhere could be syntax. A command without braces is <c>$"DBSIZE"</c>; words known at run time are
/// <c>$"{words}"</c>.
/// </summary>
[InterpolatedStringHandler]
public ref struct RedisCommand
{
    private const int FirstTokenSize = 128;

    private CommandWriter _writer;

    /// <summary>An argument of which more may follow: literal text next to a hole.</summary>
    private byte[]? _token;
    private int _tokenLength;
    private bool _inToken;
    private bool _traitsKnown;

    /// <summary>Called by the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public RedisCommand(int literalLength, int formattedCount)
    {
        _ = literalLength;
        _ = formattedCount;
        _writer = CommandWriter.Begin();
    }

    /// <summary>Called by the compiler: text outside braces.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendLiteral(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var rest = value.AsSpan();
        while (!rest.IsEmpty)
        {
            var blank = rest.IndexOfAny(" \t\r\n");
            var word = blank < 0 ? rest : rest[..blank];
            if (!word.IsEmpty)
            {
                AppendText(word);
            }

            if (blank < 0)
            {
                return;
            }

            EndToken();
            rest = rest[(blank + 1)..];
        }
    }

    /// <summary>Called by the compiler: text.</summary>
    /// <exception cref="ArgumentNullException">Redis has no null arguments.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        AppendText(value);
    }

    /// <summary>Called by the compiler: a key.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(RedisKey value) => AppendText(value.ToArray());

    /// <summary>Called by the compiler: a value.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(RedisValue value)
    {
        if (value.Bytes is { } bytes)
        {
            AppendText(bytes.Span);
        }
        else
        {
            AppendText(value.ToString());
        }
    }

    /// <summary>Called by the compiler: a number.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(long value)
    {
        Span<byte> digits = stackalloc byte[32];
        System.Buffers.Text.Utf8Formatter.TryFormat(value, digits, out var length);
        AppendText(digits[..length]);
    }

    /// <summary>Called by the compiler: a number.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(ulong value) => AppendText(((RedisValue)value).ToString());

    /// <summary>Called by the compiler: a character, as text.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(char value) => AppendText([value]);

    /// <summary>Called by the compiler: a number.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(float value) => AppendText(((RedisValue)value).ToString());

    /// <summary>Called by the compiler: a number.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(double value) => AppendText(((RedisValue)value).ToString());

    /// <summary>Called by the compiler: 1 or 0.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(bool value) => AppendFormatted(value ? 1L : 0L);

    /// <summary>Called by the compiler: bytes.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(byte[] value)
    {
        ArgumentNullException.ThrowIfNull(value);
        AppendText(value);
    }

    /// <summary>Called by the compiler: bytes.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(scoped ReadOnlySpan<byte> value) => AppendText(value);

    /// <summary>Called by the compiler: bytes.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(ReadOnlyMemory<byte> value) => AppendText(value.Span);

    /// <summary>Called by the compiler: one argument for each.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(IEnumerable<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values)
        {
            AppendFormatted(value);
            EndToken();
        }
    }

    /// <summary>Called by the compiler: one argument for each.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(IEnumerable<RedisKey> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values)
        {
            AppendFormatted(value);
            EndToken();
        }
    }

    /// <summary>Called by the compiler: one argument for each.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(IEnumerable<RedisValue> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values)
        {
            AppendFormatted(value);
            EndToken();
        }
    }

    /// <summary>Called by the compiler: one argument for each.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(IEnumerable<byte[]> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values)
        {
            AppendFormatted(value);
            EndToken();
        }
    }

    /// <summary>Called by the compiler: one argument for each.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(IEnumerable<long> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values)
        {
            AppendFormatted(value);
            EndToken();
        }
    }

    /// <summary>The writer with all arguments and what is known of the command by its name.</summary>
    /// <exception cref="ArgumentException">There is no argument at all.</exception>
    internal CommandWriter Complete()
    {
        EndToken();
        if (_writer.Count == 0)
        {
            throw new ArgumentException("An empty text is no command: write its name first, as in $\"PING\".");
        }

        if (!_traitsKnown)
        {
            _traitsKnown = true;
            RawCommandTraits.Apply(ref _writer);
        }

        return _writer;
    }

    private void AppendText(scoped ReadOnlySpan<char> text)
    {
        var token = Grow(System.Text.Encoding.UTF8.GetMaxByteCount(text.Length));
        _tokenLength += System.Text.Encoding.UTF8.GetBytes(text, token.AsSpan(_tokenLength));
    }

    private void AppendText(scoped ReadOnlySpan<byte> bytes)
    {
        var token = Grow(bytes.Length);
        bytes.CopyTo(token.AsSpan(_tokenLength));
        _tokenLength += bytes.Length;
    }

    private byte[] Grow(int bytes)
    {
        _inToken = true;
        _token ??= TokenBuffer.Take(FirstTokenSize);
        if (_token.Length - _tokenLength < bytes)
        {
            Array.Resize(ref _token, checked((int)Math.Max((uint)_token.Length * 2, (uint)(_tokenLength + bytes))));
        }

        return _token;
    }

    private void EndToken()
    {
        if (_inToken)
        {
            _writer.AddBytes(_token.AsSpan(0, _tokenLength));
            _tokenLength = 0;
            _inToken = false;
            if (_token is not null)
            {
                TokenBuffer.Keep(_token);
                _token = null;
            }
        }
    }

    /// <summary>A thread's buffer for the argument in the making.</summary>
    private static class TokenBuffer
    {
        private const int LargestKept = 16 * 1024;

        [ThreadStatic]
        private static byte[]? _kept;

        public static byte[] Take(int size)
        {
            var buffer = _kept ?? new byte[size];
            _kept = null;
            return buffer;
        }

        public static void Keep(byte[] buffer)
        {
            if (buffer.Length <= LargestKept)
            {
                _kept = buffer;
            }
        }
    }
}
