using System.Globalization;

namespace Baton.Protocol.Resp;

/// <summary>
/// Splits an inline command as Redis does: arguments between blanks; <c>"double quotes"</c> with <c>\n \r \t \b \a \xHH</c> and
/// <c>\c</c> for any other c; <c>'single quotes'</c> with <c>\'</c>. A closing quote must end the argument.
/// </summary>
internal ref struct InlineSplitter
{
    private readonly ReadOnlySpan<byte> _line;
    private readonly Span<byte> _output;
    private int _read;
    private int _written;

    private InlineSplitter(ReadOnlySpan<byte> line, Span<byte> output)
    {
        _line = line;
        _output = output;
    }

    /// <summary>
    /// Unquotes the arguments into <paramref name="output"/> (at least as long as the line) and notes their places. False: unbalanced
    /// quotes.
    /// </summary>
    public static bool TrySplit(ReadOnlySpan<byte> line, Span<byte> output, ArgumentTable arguments)
    {
        var command = new InlineSplitter(line, output);
        while (command.SkipBlanks())
        {
            var start = command._written;
            if (!command.ReadArgument())
            {
                return false;
            }

            arguments.Add(start, command._written - start);
        }

        return true;
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');

    private bool SkipBlanks()
    {
        while (_read < _line.Length && IsBlank(_line[_read]))
        {
            _read++;
        }

        return _read < _line.Length;
    }

    private bool ReadArgument()
    {
        while (_read < _line.Length)
        {
            var value = _line[_read++];
            switch (value)
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    return true;
                case (byte)'"':
                    return ReadDoubleQuoted();
                case (byte)'\'':
                    return ReadSingleQuoted();
                default:
                    _output[_written++] = value;
                    break;
            }
        }

        return true;
    }

    private bool ReadDoubleQuoted()
    {
        while (_read < _line.Length)
        {
            var value = _line[_read++];
            if (value == '"')
            {
                return AtArgumentEnd();
            }

            _output[_written++] = value == '\\' && _read < _line.Length ? ReadEscape() : value;
        }

        return false;
    }

    private bool ReadSingleQuoted()
    {
        while (_read < _line.Length)
        {
            var value = _line[_read++];
            if (value == '\'')
            {
                return AtArgumentEnd();
            }

            if (value == '\\' && _read < _line.Length && _line[_read] == '\'')
            {
                value = _line[_read++];
            }

            _output[_written++] = value;
        }

        return false;
    }

    private readonly bool AtArgumentEnd() => _read == _line.Length || IsBlank(_line[_read]);

    private byte ReadEscape()
    {
        var value = _line[_read++];
        if (value == 'x' && _line.Length - _read >= 2
            && char.IsAsciiHexDigit((char)_line[_read]) && char.IsAsciiHexDigit((char)_line[_read + 1])
            && byte.TryParse(_line.Slice(_read, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var parsed))
        {
            _read += 2;
            return parsed;
        }

        return value switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'a' => (byte)'\a',
            _ => value,
        };
    }
}
