using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="TransactionTests"/> on a garnet cluster.</summary>
[Collection(GarnetSwitchingCollection.Name)]
public sealed class GarnetTransactionTests(GarnetSwitchingCluster cluster) : TransactionTests(cluster);
