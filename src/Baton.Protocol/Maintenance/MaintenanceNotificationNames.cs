using System.Text;

namespace Baton.Protocol.Maintenance;

/// <summary>The notifications' names on the wire: the first element of their frames.</summary>
public static class MaintenanceNotificationNames
{
    private static readonly (MaintenanceNotificationKind Kind, string Name, byte[] Bytes)[] Rows =
    [
        Row(MaintenanceNotificationKind.Moving, "MOVING"),
        Row(MaintenanceNotificationKind.Migrating, "MIGRATING"),
        Row(MaintenanceNotificationKind.Migrated, "MIGRATED"),
        Row(MaintenanceNotificationKind.FailingOver, "FAILING_OVER"),
        Row(MaintenanceNotificationKind.FailedOver, "FAILED_OVER"),
        Row(MaintenanceNotificationKind.SlotsMigrating, "SMIGRATING"),
        Row(MaintenanceNotificationKind.SlotsMigrated, "SMIGRATED"),
    ];

    /// <summary>The name of a kind.</summary>
    public static string Of(MaintenanceNotificationKind kind) => Rows[(int)kind].Name;

    /// <summary>The name of a kind as it is written.</summary>
    public static ReadOnlySpan<byte> BytesOf(MaintenanceNotificationKind kind) => Rows[(int)kind].Bytes;

    /// <summary>The kind with a name, however it is spelled; null when it is none of them.</summary>
    public static MaintenanceNotificationKind? Find(ReadOnlySpan<byte> name)
    {
        foreach ((MaintenanceNotificationKind kind, _, byte[] bytes) in Rows)
        {
            if (Ascii.EqualsIgnoreCase(name, bytes))
            {
                return kind;
            }
        }

        return null;
    }

    private static (MaintenanceNotificationKind Kind, string Name, byte[] Bytes) Row(MaintenanceNotificationKind kind, string name) =>
        (kind, name, Encoding.ASCII.GetBytes(name));
}
