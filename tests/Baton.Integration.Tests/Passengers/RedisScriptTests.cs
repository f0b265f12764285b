using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="ScriptTests"/> on a redis cluster.</summary>
[Collection(RedisSwitchingCollection.Name)]
public sealed class RedisScriptTests(RedisSwitchingCluster cluster) : ScriptTests(cluster);
