using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="ScanTests"/> on a redis cluster.</summary>
[Collection(RedisSwitchingCollection.Name)]
public sealed class RedisScanTests(RedisSwitchingCluster cluster) : ScanTests(cluster);
