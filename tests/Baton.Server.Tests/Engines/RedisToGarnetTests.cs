using Baton.Server.Engines;

namespace Baton.Server.Tests.Engines;

public sealed class RedisToGarnetTests() : ShardMoverContract(EngineKind.Redis, EngineKind.Garnet)
{
}
