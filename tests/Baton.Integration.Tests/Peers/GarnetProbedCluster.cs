using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>A probed garnet cluster, shared by the classes of its collection.</summary>
public sealed class GarnetProbedCluster() : ProbedCluster("garnet");

/// <summary>Tests on the shared garnet cluster run one after the other: each changes it.</summary>
[CollectionDefinition(Name)]
public sealed class GarnetProbedCollection : ICollectionFixture<GarnetProbedCluster>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "probed garnet cluster";
}
