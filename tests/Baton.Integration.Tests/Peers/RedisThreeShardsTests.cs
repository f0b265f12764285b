using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>Every operation on a redis cluster with 3 shards.</summary>
[Collection(HeavyLoad.Name)]
public sealed class RedisThreeShardsTests(RedisThreeShardsTests.Run campaign)
    : EveryOperationTests(campaign), IClassFixture<RedisThreeShardsTests.Run>
{
    /// <summary>The run.</summary>
    public sealed class Run() : Campaign("redis", shards: 3);
}
