using Baton.Server.Engines;
using Xunit;

namespace Baton.Server.Tests.Engines;

public sealed class RedisProcessEngineTests() : ShardEngineContract(EngineKind.Redis)
{
}
