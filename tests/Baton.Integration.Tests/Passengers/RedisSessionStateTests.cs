using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="SessionStateTests"/> on a redis cluster.</summary>
[Collection(RedisSwitchingCollection.Name)]
public sealed class RedisSessionStateTests(RedisSwitchingCluster cluster) : SessionStateTests(cluster);
