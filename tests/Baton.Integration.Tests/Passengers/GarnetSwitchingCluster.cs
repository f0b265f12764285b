using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>A garnet cluster, shared by the classes of its collection.</summary>
public sealed class GarnetSwitchingCluster() : SwitchingCluster("garnet");

/// <summary>Tests on the shared garnet cluster run one after the other: each switches its shard.</summary>
[CollectionDefinition(Name)]
public sealed class GarnetSwitchingCollection : ICollectionFixture<GarnetSwitchingCluster>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "switching garnet cluster";
}
