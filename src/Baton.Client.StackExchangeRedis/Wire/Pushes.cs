using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Client.StackExchangeRedis;

/// <summary>Tells pushes apart.</summary>
internal static class Pushes
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
            : Ascii.EqualsIgnoreCase(name, "MOVING"u8) ? PushKind.Moving
            : IsMaintenance(name) ? PushKind.Maintenance
            : PushKind.Other;
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

    private static bool IsMaintenance(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "MIGRATING"u8) || Ascii.EqualsIgnoreCase(name, "MIGRATED"u8)
        || Ascii.EqualsIgnoreCase(name, "FAILING_OVER"u8) || Ascii.EqualsIgnoreCase(name, "FAILED_OVER"u8)
        || Ascii.EqualsIgnoreCase(name, "SMIGRATING"u8) || Ascii.EqualsIgnoreCase(name, "SMIGRATED"u8);
}
