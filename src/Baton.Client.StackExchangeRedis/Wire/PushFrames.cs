using System.Text;
using Baton.Protocol.Maintenance;
using Baton.Protocol.Resp;

namespace Baton.Client.StackExchangeRedis;

/// <summary>Tells push frames apart.</summary>
internal static class PushFrames
{
    /// <summary>The kind of a whole push frame.</summary>
    public static PushKind KindOf(ReadOnlySpan<byte> frame)
    {
        var reader = new RespReader(frame);
        if (!reader.Read() || reader.Kind != '>' || reader.Count < 1 || !reader.Read())
        {
            return PushKind.Other;
        }

        var name = reader.Value;
        return name.EndsWith("message"u8) ? PushKind.Message
            : name.EndsWith("subscribe"u8) ? PushKind.Confirmation
            : name.SequenceEqual("invalidate"u8) ? PushKind.Invalidation
            : MaintenanceNotificationNames.Find(name) switch
            {
                null => PushKind.Other,
                MaintenanceNotificationKind.Moving => PushKind.Moving,
                _ => PushKind.Maintenance,
            };
    }

    /// <summary>For a message: how many of its bytes come before the payload, which is what tells channels apart.</summary>
    public static int PayloadOffset(ReadOnlySpan<byte> message)
    {
        var reader = new RespReader(message);
        reader.Read();
        for (var left = reader.Count - 1; left > 0; left--)
        {
            reader.Read();
            reader.SkipChildren();
        }

        return reader.Position;
    }
}
