using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>Notification frames of a redis cluster.</summary>
[Collection(RedisProbedCollection.Name)]
public sealed class RedisNotificationFrameTests(RedisProbedCluster cluster) : NotificationFrameTests(cluster);
