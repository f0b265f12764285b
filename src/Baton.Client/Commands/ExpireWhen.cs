namespace Baton.Client;

/// <summary>On which condition EXPIRE and its relatives set the end.</summary>
public enum ExpireWhen
{
    /// <summary>On none.</summary>
    Always,

    /// <summary>Only when there is no end yet (NX).</summary>
    HasNone,

    /// <summary>Only when there is one (XX).</summary>
    HasOne,

    /// <summary>Only when it comes later than the one there is (GT).</summary>
    Later,

    /// <summary>Only when it comes earlier than the one there is (LT).</summary>
    Earlier,
}
