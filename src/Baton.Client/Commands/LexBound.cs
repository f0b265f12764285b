namespace Baton.Client;

/// <summary>An end of a range of members in the order of their bytes. Text converts implicitly, and is included.</summary>
public readonly record struct LexBound
{
    private readonly string? _word;

    private LexBound(string word) => _word = word;

    /// <summary>Before all members: <c>-</c>.</summary>
    public static LexBound First => new("-");

    /// <summary>After all members: <c>+</c>.</summary>
    public static LexBound Last => new("+");

    /// <summary>The member itself is included: <c>[a</c>.</summary>
    public static LexBound Inclusive(string member) => new("[" + member);

    /// <summary>The member itself is left out: <c>(a</c>.</summary>
    public static LexBound Exclusive(string member) => new("(" + member);

    /// <summary>The member itself is included.</summary>
    public static implicit operator LexBound(string member) => Inclusive(member);

    internal RedisValue Word => _word ?? "[";
}
