using Baton.Server.Engines;

namespace Baton.Server.Tests.Engines;

public sealed class GarnetToRedisTests() : ShardMoverContract(EngineKind.Garnet, EngineKind.Redis)
{
}
