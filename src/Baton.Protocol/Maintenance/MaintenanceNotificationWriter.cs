using System.Buffers;

namespace Baton.Protocol.Maintenance;

/// <summary>Notification to push frame. The only place that knows the bytes on the server's side.</summary>
public static class MaintenanceNotificationWriter
{
    /// <summary>Appends the frame for one recipient.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="notification">What happened.</param>
    /// <param name="seconds">For openers: seconds left, at least 1. Ignored for closers.</param>
    /// <param name="type">For MOVING: the form this recipient asked for.</param>
    public static void Write(IBufferWriter<byte> output, MaintenanceNotification notification, int seconds, MovingEndpointType type) =>
        throw new NotImplementedException();
}
