namespace Baton.Client;

/// <summary>An element, and the key it was taken from.</summary>
/// <param name="Key">The key.</param>
/// <param name="Element">The element's bytes.</param>
public readonly record struct KeyedElement(RedisKey Key, byte[] Element)
{
    /// <summary>The element as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Element);
}
