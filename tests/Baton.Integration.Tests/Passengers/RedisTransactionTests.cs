using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="TransactionTests"/> on a redis cluster.</summary>
[Collection(RedisSwitchingCollection.Name)]
public sealed class RedisTransactionTests(RedisSwitchingCluster cluster) : TransactionTests(cluster);
