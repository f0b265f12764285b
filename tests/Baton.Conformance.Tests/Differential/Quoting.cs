using System.Globalization;
using System.Text;

namespace Baton.Conformance.Tests.Differential;

/// <summary>Words as redis-cli takes and shows them: <c>set k "a\x00\r\n"</c>.</summary>
public static class Quoting
{
    private const int LongestShown = 120;

    /// <summary>A word as it can be typed; long ones are cut in the middle.</summary>
    public static string Quote(string word)
    {
        var shown = word.Length > LongestShown ? $"{word[..40]}...({word.Length})" : word;
        return shown.Length > 0 && shown.All(letter => letter is > ' ' and < '\x7f' and not ('"' or '\\' or '\''))
            ? shown
            : $"\"{Escape(shown)}\"";
    }

    /// <summary>The same in full, as an inline command needs it.</summary>
    public static string QuoteAll(string word) =>
        word.Length > 0 && word.All(letter => letter is > ' ' and < '\x7f' and not ('"' or '\\' or '\'')) ? word : $"\"{Escape(word)}\"";

    /// <summary>The words of a line.</summary>
    /// <exception cref="FormatException">A quote is open at the end.</exception>
    public static string[] Split(string line)
    {
        var words = new List<string>();
        var position = 0;
        while (true)
        {
            while (position < line.Length && line[position] == ' ')
            {
                position++;
            }

            if (position == line.Length)
            {
                return [.. words];
            }

            words.Add(line[position] == '"' ? Quoted(line, ref position) : Plain(line, ref position));
        }
    }

    private static string Plain(string line, ref int position)
    {
        var start = position;
        while (position < line.Length && line[position] != ' ')
        {
            position++;
        }

        return line[start..position];
    }

    private static string Quoted(string line, ref int position)
    {
        var word = new StringBuilder();
        for (position++; position < line.Length; position++)
        {
            switch (line[position])
            {
                case '"':
                    position++;
                    return Repeat(word.ToString(), line, ref position);
                case '\\':
                    word.Append(Escaped(line, ref position));
                    break;
                default:
                    word.Append(line[position]);
                    break;
            }
        }

        throw new FormatException($"An open quote: {line}");
    }

    // "x"*1000
    private static string Repeat(string word, string line, ref int position)
    {
        if (position == line.Length || line[position] != '*')
        {
            return word;
        }

        position++;
        return string.Concat(Enumerable.Repeat(word, int.Parse(Plain(line, ref position), CultureInfo.InvariantCulture)));
    }

    private static char Escaped(string line, ref int position)
    {
        position++;
        switch (line[position])
        {
            case 'r':
                return '\r';
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case 'x':
                position += 2;
                return (char)int.Parse(line.AsSpan(position - 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            default:
                return line[position];
        }
    }

    private static string Escape(string word)
    {
        var text = new StringBuilder();
        foreach (var letter in word)
        {
            text.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\r' => "\\r",
                '\n' => "\\n",
                '\t' => "\\t",
                >= ' ' and < '\x7f' => letter.ToString(),
                _ => $"\\x{(int)letter:x2}",
            });
        }

        return text.ToString();
    }
}
