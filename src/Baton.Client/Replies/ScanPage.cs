namespace Baton.Client;

/// <summary>One answer of a scan.</summary>
/// <param name="Cursor">Where the next one begins; <c>0</c> when there is none.</param>
/// <param name="Items">What was found; may be empty although more follows.</param>
public sealed record ScanPage<T>(string Cursor, T[] Items)
{
    /// <summary>True when nothing follows.</summary>
    public bool IsLast => Cursor == "0";
}
