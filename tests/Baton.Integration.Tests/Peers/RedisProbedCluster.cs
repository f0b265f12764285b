using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>A probed redis cluster, shared by the classes of its collection.</summary>
public sealed class RedisProbedCluster() : ProbedCluster("redis");

/// <summary>Tests on the shared redis cluster run one after the other: each changes it.</summary>
[CollectionDefinition(Name)]
public sealed class RedisProbedCollection : ICollectionFixture<RedisProbedCluster>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "probed redis cluster";
}
