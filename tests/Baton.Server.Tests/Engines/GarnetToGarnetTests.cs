using Baton.Server.Engines;

namespace Baton.Server.Tests.Engines;

public sealed class GarnetToGarnetTests() : ShardMoverContract(EngineKind.Garnet, EngineKind.Garnet)
{
}
