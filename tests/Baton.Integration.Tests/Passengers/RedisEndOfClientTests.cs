using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="EndOfClientTests"/> on a redis cluster.</summary>
[Collection(RedisSwitchingCollection.Name)]
public sealed class RedisEndOfClientTests(RedisSwitchingCluster cluster) : EndOfClientTests(cluster);
