using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>A redis cluster, shared by the classes of its collection.</summary>
public sealed class RedisSwitchingCluster() : SwitchingCluster("redis");

/// <summary>Tests on the shared redis cluster run one after the other: each switches its shard.</summary>
[CollectionDefinition(Name)]
public sealed class RedisSwitchingCollection : ICollectionFixture<RedisSwitchingCluster>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "switching redis cluster";
}
