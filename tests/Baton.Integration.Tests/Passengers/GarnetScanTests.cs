using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="ScanTests"/> on a garnet cluster.</summary>
[Collection(GarnetSwitchingCollection.Name)]
public sealed class GarnetScanTests(GarnetSwitchingCluster cluster) : ScanTests(cluster);
