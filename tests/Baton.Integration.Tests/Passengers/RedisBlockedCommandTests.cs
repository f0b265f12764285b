using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="BlockedCommandTests"/> on a redis cluster.</summary>
[Collection(RedisSwitchingCollection.Name)]
public sealed class RedisBlockedCommandTests(RedisSwitchingCluster cluster) : BlockedCommandTests(cluster);
