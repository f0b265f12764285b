using Baton.Protocol.Resp;

namespace Baton.Protocol.Maintenance;

/// <summary>The notifications of OSS cluster connections. They carry no time, so that an all-digit slot list is a slot list.</summary>
/// <remarks>
/// <code>
/// &gt;3\r\n$10\r\nSMIGRATING\r\n:16\r\n$17\r\n123,456,5000-7000\r\n
/// &gt;3\r\n$9\r\nSMIGRATED\r\n:19\r\n*1\r\n*3\r\n$14\r\n127.0.0.1:6379\r\n$14\r\n127.0.0.1:6380\r\n$9\r\n5000-7000\r\n
/// </code>
/// </remarks>
public static partial class MaintenanceNotificationReader
{
    private const int TripletLength = 3;

    private static ReceivedNotification ReadSlotNotification(ref RespReader reader, int left, MaintenanceNotificationKind kind, long? sequence)
    {
        var notification = new ReceivedNotification(kind, sequence, null, null, null);
        return kind == MaintenanceNotificationKind.SlotsMigrating
            ? notification with { Slots = ReadSlots(ref reader, left) }
            : notification with { Migrations = ReadMigrations(ref reader, left) };
    }

    /// <summary>One list, or one element for each slot and range. Null when something else stands among them: the news itself is kept.</summary>
    private static List<SlotRange>? ReadSlots(ref RespReader reader, int left)
    {
        var slots = new List<SlotRange>();
        while (Next(ref reader, ref left))
        {
            if (reader.IsNull || !(IsText(reader) || reader.Kind == ':') || !SlotRange.TryParse(reader.Value, slots))
            {
                return null;
            }
        }

        return slots.Count == 0 ? null : slots;
    }

    /// <summary>The entries <c>[source, target, slots]</c>. One that is malformed, or names no place, does not spoil the others.</summary>
    private static List<SlotMigration> ReadMigrations(ref RespReader reader, int left)
    {
        var migrations = new List<SlotMigration>();
        if (!Next(ref reader, ref left) || reader.Kind != '*')
        {
            return migrations;
        }

        for (var entries = Math.Max(reader.Count, 0); entries > 0; entries--)
        {
            var unread = 1;
            Next(ref reader, ref unread);
            if (ReadMigration(ref reader) is { } migration)
            {
                migrations.Add(migration);
            }
        }

        return migrations;
    }

    private static SlotMigration? ReadMigration(ref RespReader reader)
    {
        var fields = new string[TripletLength];
        var slots = new List<SlotRange>();
        var isGood = reader.Kind == '*' && reader.Count >= TripletLength;
        for (int index = 0, count = Math.Max(reader.Count, 0); index < count; index++)
        {
            var unread = 1;
            Next(ref reader, ref unread);
            isGood &= index >= TripletLength || (IsText(reader) && !reader.IsNull);
            if (isGood && index < TripletLength - 1)
            {
                fields[index] = reader.GetString();
            }
            else if (isGood && index == TripletLength - 1)
            {
                isGood = SlotRange.TryParse(reader.Value, slots);
            }

            reader.SkipChildren();
        }

        return isGood && MovingAddress.TryParse(fields[0], out var source) && MovingAddress.TryParse(fields[1], out var target)
            && source is not null && target is not null
            ? new SlotMigration(source, target, slots)
            : null;
    }
}
