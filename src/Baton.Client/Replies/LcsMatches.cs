namespace Baton.Client;

/// <summary>The parts two values have in common, in order.</summary>
/// <param name="Matches">The parts, last first.</param>
/// <param name="Length">Bytes of the whole common subsequence, left-out parts included.</param>
public sealed record LcsMatches(IReadOnlyList<LcsMatch> Matches, long Length);
