using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="EndOfClientTests"/> on a garnet cluster.</summary>
[Collection(GarnetSwitchingCollection.Name)]
public sealed class GarnetEndOfClientTests(GarnetSwitchingCluster cluster) : EndOfClientTests(cluster);
