using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="WaitingOrderTests"/> on a redis cluster.</summary>
[Collection(RedisSwitchingCollection.Name)]
public sealed class RedisWaitingOrderTests(RedisSwitchingCluster cluster) : WaitingOrderTests(cluster);
