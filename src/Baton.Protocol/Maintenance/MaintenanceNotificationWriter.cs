using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Baton.Protocol.Resp;

namespace Baton.Protocol.Maintenance;

/// <summary>Notification to push frame. The only place that knows the bytes on the server's side.</summary>
/// <remarks>
/// The bytes are those captured from Redis Software: names and shard lists are bulk strings, numbers integers, a list is JSON text.
/// <code>
/// &gt;4\r\n$6\r\nMOVING\r\n:17\r\n:15\r\n$19\r\n54.78.247.156:12075\r\n
/// &gt;4\r\n$6\r\nMOVING\r\n:17\r\n:15\r\n_\r\n
/// &gt;4\r\n$9\r\nMIGRATING\r\n:6\r\n:2\r\n$10\r\n["2", "4"]\r\n
/// &gt;3\r\n$8\r\nMIGRATED\r\n:7\r\n$10\r\n["2", "4"]\r\n
/// &gt;4\r\n$12\r\nFAILING_OVER\r\n:1\r\n:2\r\n$6\r\n["21"]\r\n
/// &gt;3\r\n$11\r\nFAILED_OVER\r\n:2\r\n$6\r\n["21"]\r\n
/// </code>
/// </remarks>
public static class MaintenanceNotificationWriter
{
    private const int Resp3 = 3;

    /// <summary>Appends the frame for one recipient.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="notification">What happened.</param>
    /// <param name="seconds">For openers: seconds left, at least 1 (less is written as 1). Ignored for closers.</param>
    /// <param name="type">For MOVING: the form this recipient asked for.</param>
    public static void Write(IBufferWriter<byte> output, MaintenanceNotification notification, int seconds, MovingEndpointType type)
    {
        switch (notification)
        {
            case Moving moving:
                WriteOpener(output, moving, seconds);
                WriteTarget(output, moving.Target.In(type));
                break;
            case Migrating migrating:
                WriteOpener(output, migrating, seconds);
                WriteShards(output, migrating.ShardIds);
                break;
            case Migrated migrated:
                WriteCloser(output, migrated, migrated.ShardIds);
                break;
            case FailingOver failingOver:
                WriteOpener(output, failingOver, seconds);
                WriteShards(output, failingOver.ShardIds);
                break;
            case FailedOver failedOver:
                WriteCloser(output, failedOver, failedOver.ShardIds);
                break;
            default:
                throw new UnreachableException($"There is no frame for {notification.GetType().Name}.");
        }
    }

    private static void WriteOpener(IBufferWriter<byte> output, MaintenanceNotification opener, int seconds)
    {
        RespWriter.WritePushHeader(output, 4, Resp3);
        WriteNameAndSequence(output, opener);
        RespWriter.WriteInteger(output, Math.Max(1, seconds));
    }

    private static void WriteCloser(IBufferWriter<byte> output, MaintenanceNotification closer, IReadOnlyList<int> shardIds)
    {
        RespWriter.WritePushHeader(output, 3, Resp3);
        WriteNameAndSequence(output, closer);
        WriteShards(output, shardIds);
    }

    private static void WriteNameAndSequence(IBufferWriter<byte> output, MaintenanceNotification notification)
    {
        RespWriter.WriteBulk(output, MaintenanceNotificationNames.BytesOf(notification.Kind));
        RespWriter.WriteInteger(output, notification.Sequence);
    }

    private static void WriteTarget(IBufferWriter<byte> output, string? target)
    {
        if (target is null)
        {
            RespWriter.WriteNull(output, Resp3);
        }
        else
        {
            RespWriter.WriteBulk(output, target);
        }
    }

    /// <summary><c>["2", "4"]</c>: comma and blank between, as measured.</summary>
    private static void WriteShards(IBufferWriter<byte> output, IReadOnlyList<int> shardIds) =>
        RespWriter.WriteBulk(output, $"[{string.Join(", ", shardIds.Select(id => string.Create(CultureInfo.InvariantCulture, $"\"{id}\"")))}]");
}
