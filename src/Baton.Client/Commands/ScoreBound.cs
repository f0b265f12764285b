namespace Baton.Client;

/// <summary>An end of a range of scores. A number converts implicitly, and is included; infinities are allowed.</summary>
public readonly record struct ScoreBound
{
    private readonly double _score;
    private readonly bool _isExclusive;

    private ScoreBound(double score, bool isExclusive) => (_score, _isExclusive) = (score, isExclusive);

    /// <summary>The lowest there can be: <c>-inf</c>.</summary>
    public static ScoreBound Lowest => new(double.NegativeInfinity, false);

    /// <summary>The highest there can be: <c>+inf</c>.</summary>
    public static ScoreBound Highest => new(double.PositiveInfinity, false);

    /// <summary>The score itself is included.</summary>
    public static ScoreBound Inclusive(double score) => new(score, false);

    /// <summary>The score itself is left out: <c>(5</c>.</summary>
    public static ScoreBound Exclusive(double score) => new(score, true);

    /// <summary>The score itself is included.</summary>
    public static implicit operator ScoreBound(double score) => Inclusive(score);

    internal RedisValue Word => _isExclusive ? $"({(RedisValue)_score}" : _score;
}
