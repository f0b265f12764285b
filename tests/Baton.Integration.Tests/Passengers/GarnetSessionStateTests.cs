using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="SessionStateTests"/> on a garnet cluster.</summary>
[Collection(GarnetSwitchingCollection.Name)]
public sealed class GarnetSessionStateTests(GarnetSwitchingCluster cluster) : SessionStateTests(cluster);
