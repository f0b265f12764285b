namespace Baton.Client;

/// <summary>Client-side caching. Immutable.</summary>
public sealed record RedisCachingOptions
{
    /// <summary>How the server knows which keys to tell about. Default: <see cref="RedisCachingMode.OptIn"/>.</summary>
    public RedisCachingMode Mode { get; init; } = RedisCachingMode.OptIn;

    /// <summary>For <see cref="RedisCachingMode.Broadcast"/>: the keys' prefixes; none for all keys. None may begin with another.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>Most replies kept; the least recently used goes. Default: 10 000.</summary>
    public int MaxEntries { get; init; } = 10_000;

    /// <summary>
    /// Most bytes of commands and replies kept; the least recently used goes, and a reply larger than a quarter of it is not kept. Default: 64 MiB.
    /// </summary>
    public long MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// What to do with a server that has no <c>CLIENT TRACKING</c>, or no RESP3: false, connecting fails with an error that says so; true, every
    /// read goes to the server. Default: false.
    /// </summary>
    public bool PassThroughWhenUnsupported { get; init; }

    internal void Validate()
    {
        RedisClientOptions.Check(MaxEntries > 0, "Caching.MaxEntries", "must be at least 1");
        RedisClientOptions.Check(MaxBytes > 0, "Caching.MaxBytes", "must be more than zero");
        RedisClientOptions.Check(Prefixes.Count == 0 || Mode == RedisCachingMode.Broadcast, "Caching.Prefixes", "are for Mode Broadcast only");
    }
}
