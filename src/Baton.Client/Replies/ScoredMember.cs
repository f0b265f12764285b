namespace Baton.Client;

/// <summary>A member of a sorted set with its score.</summary>
/// <param name="Member">The member.</param>
/// <param name="Score">Its score.</param>
public readonly record struct ScoredMember<T>(T Member, double Score);
