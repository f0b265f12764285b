using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="SubscriberTests"/> on a garnet cluster.</summary>
[Collection(GarnetSwitchingCollection.Name)]
public sealed class GarnetSubscriberTests(GarnetSwitchingCluster cluster) : SubscriberTests(cluster);
