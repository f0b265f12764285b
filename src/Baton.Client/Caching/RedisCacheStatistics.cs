namespace Baton.Client;

/// <summary>What a cache has done since the client was made, and what it holds.</summary>
/// <param name="Hits">Reads answered from memory.</param>
/// <param name="Misses">Reads that could have been, and were sent.</param>
/// <param name="Evictions">Replies dropped for a limit.</param>
/// <param name="Invalidations">Keys the server told of (a flush of everything counts once).</param>
/// <param name="Entries">Replies held.</param>
/// <param name="Bytes">Their bytes, with those of their commands.</param>
public sealed record RedisCacheStatistics(long Hits, long Misses, long Evictions, long Invalidations, int Entries, long Bytes);
