namespace Baton.Client;

/// <summary>Entries of one of several streams.</summary>
/// <param name="Key">The stream.</param>
/// <param name="Entries">The entries, oldest first.</param>
public sealed record StreamEntries(RedisKey Key, StreamEntry[] Entries);
