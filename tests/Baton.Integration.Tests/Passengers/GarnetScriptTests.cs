using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary><see cref="ScriptTests"/> on a garnet cluster.</summary>
[Collection(GarnetSwitchingCollection.Name)]
public sealed class GarnetScriptTests(GarnetSwitchingCluster cluster) : ScriptTests(cluster);
