namespace Baton.Client;

/// <summary>An end of a sorted set.</summary>
public enum ScoreEnd
{
    /// <summary>The lowest scores.</summary>
    Lowest,

    /// <summary>The highest scores.</summary>
    Highest,
}
