using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="WaitingOrderTests"/> on a garnet cluster.</summary>
[Collection(GarnetSwitchingCollection.Name)]
public sealed class GarnetWaitingOrderTests(GarnetSwitchingCluster cluster) : WaitingOrderTests(cluster);
