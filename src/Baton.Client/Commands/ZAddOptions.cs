namespace Baton.Client;

/// <summary>How ZADD treats members. Flags: <c>NotExists</c> goes with none of the others but <c>CountChanged</c>.</summary>
[Flags]
public enum ZAddOptions
{
    /// <summary>Adds new ones, gives old ones the new score.</summary>
    None = 0,

    /// <summary>Only adds new ones (NX).</summary>
    NotExists = 1,

    /// <summary>Only changes old ones (XX).</summary>
    Exists = 2,

    /// <summary>Changes old ones only to a higher score (GT).</summary>
    Greater = 4,

    /// <summary>Changes old ones only to a lower score (LT).</summary>
    Less = 8,

    /// <summary>The reply counts changed ones too (CH).</summary>
    CountChanged = 16,
}
