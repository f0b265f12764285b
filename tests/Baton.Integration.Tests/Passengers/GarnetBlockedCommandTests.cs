using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="BlockedCommandTests"/> on a garnet cluster.</summary>
[Collection(GarnetSwitchingCollection.Name)]
public sealed class GarnetBlockedCommandTests(GarnetSwitchingCluster cluster) : BlockedCommandTests(cluster);
