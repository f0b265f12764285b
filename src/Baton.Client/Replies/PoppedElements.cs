namespace Baton.Client;

/// <summary>Elements, and the list they were taken from.</summary>
/// <param name="Key">The list.</param>
/// <param name="Elements">The elements as text, in the order they were taken.</param>
public sealed record PoppedElements(RedisKey Key, string[] Elements);
