namespace Baton.Client;

/// <summary>What becomes of a member's scores in several sorted sets.</summary>
public enum Aggregate
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The lowest.</summary>
    Min,

    /// <summary>The highest.</summary>
    Max,
}
