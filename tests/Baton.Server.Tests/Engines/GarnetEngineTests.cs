using Baton.Server.Engines;
using Xunit;

namespace Baton.Server.Tests.Engines;

public sealed class GarnetEngineTests() : ShardEngineContract(EngineKind.Garnet)
{
    [Fact]
    public async Task it_says_by_name_that_it_has_no_replicas()
    {
        await using EngineLab lab = new();
        IShardEngine one = await lab.StartAsync(EngineKind.Garnet);
        IShardEngine other = await lab.StartAsync(EngineKind.Garnet);

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => one.FollowAsync(other, lab.Token));

        Assert.Contains("has no replicas", refused.Message, StringComparison.Ordinal);
        Assert.False(one.Capabilities.Replication);
    }
}
