using System.Buffers.Text;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Protocol.Maintenance;

/// <summary>
/// Push frame to notification. The only place that knows the bytes on the client's side. Takes what servers, their versions and their test
/// doubles are known to send: bulk or simple strings, names in any letter case, integers as strings, elements missing at the end or
/// too many.
/// </summary>
public static partial class MaintenanceNotificationReader
{
    /// <summary>
    /// Reads one whole frame. False, never an exception, for what is not a maintenance notification (another push, a name not known)
    /// and for a
    /// malformed one (a sequence or time that is no number, a negative sequence, an endpoint that is no address).
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out ReceivedNotification? notification)
    {
        notification = null;
        try
        {
            var reader = new RespReader(frame);
            notification = reader.Read() && reader.Kind == '>' && reader.Count > 0 ? Read(ref reader, reader.Count) : null;
        }
        catch (RespFormatException)
        {
            // Frames come from a scanner that judged their outline already; what fails here is rare enough for an exception.
        }

        return notification is not null;
    }

    private static ReceivedNotification? Read(ref RespReader reader, int left)
    {
        if (!TryReadText(ref reader, ref left, out var name) || MaintenanceNotificationNames.Find(Encoding.UTF8.GetBytes(name)) is not { } kind
            || !TryReadNumber(ref reader, ref left, out var sequence) || sequence < 0)
        {
            return null;
        }

        if (kind is MaintenanceNotificationKind.SlotsMigrating or MaintenanceNotificationKind.SlotsMigrated)
        {
            return ReadSlotNotification(ref reader, left, kind, sequence);
        }

        long? seconds = null;
        if (kind is not (MaintenanceNotificationKind.Migrated or MaintenanceNotificationKind.FailedOver)
            && !TryReadNumber(ref reader, ref left, out seconds))
        {
            return null;
        }

        if (kind != MaintenanceNotificationKind.Moving)
        {
            return new ReceivedNotification(kind, sequence, seconds, null, ReadShards(ref reader, ref left));
        }

        MovingAddress? target = null;
        return TryReadText(ref reader, ref left, out var endpoint) && MovingAddress.TryParse(endpoint, out target)
            ? new ReceivedNotification(kind, sequence, seconds, target, null)
            : null;
    }

    /// <summary>The next element. False at the end of the push: what stands behind it is somebody else's.</summary>
    private static bool Next(ref RespReader reader, ref int left)
    {
        if (left == 0)
        {
            return false;
        }

        left--;
        return reader.Read() ? true : throw new RespFormatException("The bytes end inside a push.");
    }

    private static bool IsText(in RespReader reader) => reader.Kind is (byte)'$' or (byte)'+' or (byte)'=';

    /// <summary>A string; empty when it is null or missing. False for any other type.</summary>
    private static bool TryReadText(ref RespReader reader, ref int left, out string text)
    {
        text = "";
        if (!Next(ref reader, ref left) || reader.IsNull)
        {
            return true;
        }

        text = Encoding.UTF8.GetString(reader.Value);
        return IsText(reader);
    }

    /// <summary>An integer, or digits in a string; null when it is null or missing. False for anything else.</summary>
    private static bool TryReadNumber(ref RespReader reader, ref int left, out long? number)
    {
        number = null;
        if (!Next(ref reader, ref left) || reader.IsNull)
        {
            return true;
        }

        if ((reader.Kind == ':' || IsText(reader)) && reader.TryGetInt64(out var value))
        {
            number = value;
            return true;
        }

        return false;
    }

    /// <summary>
    /// <c>["2", "4"]</c> as text, also without quotes, brackets or blanks. Unreadable shards are no reason to drop the news: null.
    /// </summary>
    private static List<int>? ReadShards(ref RespReader reader, ref int left)
    {
        if (!Next(ref reader, ref left) || reader.IsNull || !IsText(reader))
        {
            return null;
        }

        var text = reader.Value.Trim(" "u8);
        if (text.StartsWith("["u8) && text.EndsWith("]"u8))
        {
            text = text[1..^1];
        }

        var shards = new List<int>();
        foreach (var range in text.Split((byte)','))
        {
            var item = text[range].Trim(" \""u8);
            if (!Utf8Parser.TryParse(item, out int shard, out var consumed) || consumed != item.Length)
            {
                return null;
            }

            shards.Add(shard);
        }

        return shards;
    }
}
