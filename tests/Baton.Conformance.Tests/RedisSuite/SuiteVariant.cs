namespace Baton.Conformance.Tests.RedisSuite;

/// <summary>One way in which the suite is run.</summary>
/// <param name="Name">As the list of expected differences calls it.</param>
/// <param name="Engine">Of the cluster.</param>
/// <param name="Shards">Of the database.</param>
/// <param name="Resp3">Every connection begins with HELLO 3.</param>
/// <param name="Moves">A shard moves every few seconds.</param>
public sealed record SuiteVariant(string Name, string Engine, int Shards, bool Resp3, bool Moves = false)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<SuiteVariant> All { get; } =
    [
        new("redis", "redis", 1, Resp3: false),
        new("redis-resp3", "redis", 1, Resp3: true),
        new("redis-moving", "redis", 1, Resp3: false, Moves: true),
        new("shards", "redis", 2, Resp3: false),
        new("shards-resp3", "redis", 2, Resp3: true),
        new("embedded", "garnet", 1, Resp3: false),
        new("embedded-resp3", "garnet", 1, Resp3: true),
    ];

    /// <summary>With several shards the suite must stay within one slot and one database, as with Redis Cluster.</summary>
    public IReadOnlyList<string> Flags => Shards > 1 ? ["--cluster-mode"] : [];
}
