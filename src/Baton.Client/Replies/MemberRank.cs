namespace Baton.Client;

/// <summary>Where a member of a sorted set is.</summary>
/// <param name="Rank">0 for the first.</param>
/// <param name="Score">Its score.</param>
public readonly record struct MemberRank(long Rank, double Score);
