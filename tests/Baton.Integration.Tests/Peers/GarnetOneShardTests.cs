using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>Every operation on a garnet cluster with 1 shard.</summary>
[Collection(HeavyLoad.Name)]
public sealed class GarnetOneShardTests(GarnetOneShardTests.Run campaign)
    : EveryOperationTests(campaign), IClassFixture<GarnetOneShardTests.Run>
{
    /// <summary>The run.</summary>
    public sealed class Run() : Campaign("garnet", shards: 1);
}
