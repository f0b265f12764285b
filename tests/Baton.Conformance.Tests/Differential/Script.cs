namespace Baton.Conformance.Tests.Differential;

/// <summary>The ways in which the same commands are said.</summary>
public enum Form
{
    /// <summary>Arrays of bulk strings, replies in RESP2.</summary>
    Resp2,

    /// <summary>After HELLO 3.</summary>
    Resp3,

    /// <summary>Lines of words.</summary>
    Inline,

    /// <summary>Each command by itself between MULTI and EXEC.</summary>
    Multi,

    /// <summary>Each command by <c>redis.pcall</c> in a script.</summary>
    Eval,
}

/// <summary>One command and how many frames answer it.</summary>
/// <param name="Connection">Which of the script's connections says it.</param>
/// <param name="Words">The command; empty when only frames are read.</param>
/// <param name="Frames">Frames to read behind it.</param>
/// <param name="Compared">False for what only prepares.</param>
public sealed record Step(char Connection, string[] Words, int Frames = 1, bool Compared = true)
{
    /// <summary>Bytes that are sent as they stand instead of <see cref="Words"/>.</summary>
    public string? Raw { get; init; }

    /// <summary>Its answer follows from that of the step before: it is not compared when that one differed.</summary>
    public bool Follows { get; init; }

    /// <summary>The command whose answer this step shows: EXEC and EVAL show that of another.</summary>
    public string[] About { get; init; } = Words;

    /// <summary>As a person would type it.</summary>
    public string Text => About.Length > 0 ? string.Join(' ', About.Select(Quoting.Quote)) : Raw is { } raw ? "raw " + Quoting.Quote(raw) : string.Join(' ', Words.Select(Quoting.Quote));
}

/// <summary>Commands that belong together; each script starts on an empty database with connections of its own.</summary>
/// <param name="Name">The command it is about, or the title it has in its file.</param>
/// <param name="Form">How its commands are said.</param>
/// <param name="Steps">In their order.</param>
public sealed record Script(string Name, Form Form, IReadOnlyList<Step> Steps);
