using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>Every operation on a garnet cluster with 3 shards.</summary>
[Collection(HeavyLoad.Name)]
public sealed class GarnetThreeShardsTests(GarnetThreeShardsTests.Run campaign)
    : EveryOperationTests(campaign), IClassFixture<GarnetThreeShardsTests.Run>
{
    /// <summary>The run.</summary>
    public sealed class Run() : Campaign("garnet", shards: 3);
}
