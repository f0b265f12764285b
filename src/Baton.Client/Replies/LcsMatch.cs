namespace Baton.Client;

/// <summary>A part that two values have in common. Positions in bytes.</summary>
/// <param name="First">Where it begins in the first value.</param>
/// <param name="Second">Where it begins in the second value.</param>
/// <param name="Length">Its length.</param>
public readonly record struct LcsMatch(long First, long Second, long Length);
