namespace Baton.Client;

/// <summary>One of the databases of a <see cref="RedisRegionsClient"/>: a region's copy.</summary>
/// <param name="Name">How texts, events and metrics call it: <c>frankfurt</c></param>
/// <param name="Options">How to reach it, smart client handoffs included.</param>
public sealed record RegionDatabase(string Name, RedisClientOptions Options);
