namespace Baton.Client;

/// <summary>Members, and the sorted set they were taken from.</summary>
/// <param name="Key">The sorted set.</param>
/// <param name="Members">The members, in the order they were taken.</param>
public sealed record PoppedMembers(RedisKey Key, ScoredMember<string>[] Members);
