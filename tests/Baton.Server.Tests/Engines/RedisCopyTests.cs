using Baton.Server.Engines;
using Xunit;

namespace Baton.Server.Tests.Engines;

public sealed class RedisCopyTests() : ShardMoverContract(EngineKind.Redis, EngineKind.Redis, forceCopy: true)
{
    [Fact]
    public async Task functions_and_streams_arrive()
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Redis, EngineKind.Redis, forceCopy: true);
        await RedisOnlyData.WriteAsync(move);

        await move.RunAsync();

        await RedisOnlyData.AssertOnAsync(move, move.Target);
    }
}
