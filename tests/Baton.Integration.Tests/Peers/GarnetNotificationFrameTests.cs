using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>Notification frames of a garnet cluster.</summary>
[Collection(GarnetProbedCollection.Name)]
public sealed class GarnetNotificationFrameTests(GarnetProbedCluster cluster) : NotificationFrameTests(cluster);
