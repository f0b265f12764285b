using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>Every operation on a redis cluster with 1 shard.</summary>
[Collection(HeavyLoad.Name)]
public sealed class RedisOneShardTests(RedisOneShardTests.Run campaign)
    : EveryOperationTests(campaign), IClassFixture<RedisOneShardTests.Run>
{
    /// <summary>The run.</summary>
    public sealed class Run() : Campaign("redis", shards: 1);
}
