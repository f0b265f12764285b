namespace Baton.Client;

/// <summary>What BITOP does, bit by bit.</summary>
public enum BitOperation
{
    /// <summary>1 where all are 1.</summary>
    And,

    /// <summary>1 where any is 1.</summary>
    Or,

    /// <summary>1 where an odd number of them is 1.</summary>
    Xor,

    /// <summary>Opposite of the only one.</summary>
    Not,
}
