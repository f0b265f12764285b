using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>The opt-in is the proxy's alone: one engine shows it.</summary>
[Collection(GarnetProbedCollection.Name)]
public sealed class GarnetOptInTests(GarnetProbedCluster cluster) : OptInTests(cluster);
