using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="SubscriberTests"/> on a redis cluster.</summary>
[Collection(RedisSwitchingCollection.Name)]
public sealed class RedisSubscriberTests(RedisSwitchingCluster cluster) : SubscriberTests(cluster);
