namespace Baton.Server.Proxy.Commands;

/// <summary>One token of a Lua script.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A name, a punctuation character, or a string's value.</param>
internal readonly record struct LuaToken(LuaTokenKind Kind, string Text)
{
    /// <summary>This punctuation or name.</summary>
    public bool Is(string text) => Kind is LuaTokenKind.Name or LuaTokenKind.Other && Text == text;
}

/// <summary>Kinds of tokens, as coarse as <see cref="ScriptKeys"/> needs them.</summary>
internal enum LuaTokenKind
{
    /// <summary>An identifier or keyword.</summary>
    Name,

    /// <summary>A string, its value known.</summary>
    Text,

    /// <summary>A number, or one character of punctuation.</summary>
    Other,
}

/// <summary>Cuts a Lua 5.1 script into tokens; comments are left out. Bytes are taken as Latin-1, so that no key is changed. Pure.</summary>
internal sealed class LuaTokenizer(string script)
{
    private int _at;

    /// <summary>All tokens; what is broken ends the list, for the engine will not compile it.</summary>
    public List<LuaToken> ReadAll()
    {
        List<LuaToken> tokens = [];
        if (script.StartsWith('#'))
        {
            _at = EndOfLine();
        }

        while (Next() is { } token)
        {
            tokens.Add(token);
        }

        return tokens;
    }

    private LuaToken? Next()
    {
        SkipBlanksAndComments();
        if (_at >= script.Length)
        {
            return null;
        }

        char first = script[_at];
        if (IsName(first))
        {
            int start = _at;
            while (_at < script.Length && IsName(script[_at]))
            {
                _at++;
            }

            string name = script[start.._at];
            return new LuaToken(char.IsAsciiDigit(first) ? LuaTokenKind.Other : LuaTokenKind.Name, name);
        }

        if (first is '"' or '\'')
        {
            return ReadQuoted(first) is { } quoted ? new LuaToken(LuaTokenKind.Text, quoted) : null;
        }

        if (first == '[' && ReadLong() is { } text)
        {
            return new LuaToken(LuaTokenKind.Text, text);
        }

        // One point reaches into a table; two or three are something else.
        int length = first == '.' ? Math.Max(1, script.AsSpan(_at).IndexOfAnyExcept('.')) : 1;
        _at += length;
        return new LuaToken(LuaTokenKind.Other, new string(first, length));
    }

    private static bool IsName(char character) => char.IsAsciiLetterOrDigit(character) || character == '_';

    private int EndOfLine()
    {
        int end = script.IndexOf('\n', _at);
        return end < 0 ? script.Length : end;
    }

    private void SkipBlanksAndComments()
    {
        while (_at < script.Length)
        {
            if (char.IsWhiteSpace(script[_at]))
            {
                _at++;
            }
            else if (string.CompareOrdinal(script, _at, "--", 0, 2) == 0)
            {
                _at += 2;
                if (_at >= script.Length || script[_at] != '[' || ReadLong() is null)
                {
                    _at = EndOfLine();
                }
            }
            else
            {
                return;
            }
        }
    }

    /// <summary><c>[[text]]</c>, <c>[==[text]==]</c>; null, and nothing read, when it is none.</summary>
    private string? ReadLong()
    {
        int level = 0;
        while (_at + 1 + level < script.Length && script[_at + 1 + level] == '=')
        {
            level++;
        }

        int open = _at + 1 + level;
        if (open >= script.Length || script[open] != '[')
        {
            return null;
        }

        int close = script.IndexOf("]" + new string('=', level) + "]", open + 1, StringComparison.Ordinal);
        int end = close < 0 ? script.Length : close;
        string text = script[(open + 1)..end];
        _at = close < 0 ? script.Length : close + level + 2;
        return text.StartsWith('\n') ? text[1..] : text;
    }

    /// <summary>A quoted string's value; null when it does not end.</summary>
    private string? ReadQuoted(char quote)
    {
        System.Text.StringBuilder value = new();
        for (_at++; _at < script.Length && script[_at] != quote; _at++)
        {
            if (script[_at] == '\\' && _at + 1 < script.Length)
            {
                _at++;
                value.Append(ReadEscape());
            }
            else
            {
                value.Append(script[_at]);
            }
        }

        return _at++ < script.Length ? value.ToString() : null;
    }

    private char ReadEscape()
    {
        char escaped = script[_at];
        if (!char.IsAsciiDigit(escaped))
        {
            return escaped switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'a' => '\a', 'b' => '\b', 'f' => '\f', 'v' => '\v', _ => escaped };
        }

        int code = 0;
        int digits = 0;
        for (; digits < 3 && _at + digits < script.Length && char.IsAsciiDigit(script[_at + digits]); digits++)
        {
            code = (code * 10) + script[_at + digits] - '0';
        }

        _at += digits - 1;
        return (char)(code & 0xff);
    }
}
