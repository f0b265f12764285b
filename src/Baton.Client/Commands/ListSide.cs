namespace Baton.Client;

/// <summary>An end of a list.</summary>
public enum ListSide
{
    /// <summary>The head.</summary>
    Left,

    /// <summary>The tail.</summary>
    Right,
}
