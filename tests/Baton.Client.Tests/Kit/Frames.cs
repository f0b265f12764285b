using System.Globalization;

namespace Baton.Client.Tests.Kit;

/// <summary>Notifications as captured from servers, written by hand so that the reader under test is not checked against our own writer.</summary>
internal static class Frames
{
    public static string Moving(long sequence, int seconds, Place? target) =>
        Moving(sequence, seconds, target is null ? null : target.Address.ToString());

    public static string Moving(long sequence, int seconds, string? target) =>
        $">4\r\n$6\r\nMOVING\r\n:{sequence}\r\n:{seconds}\r\n" + (target is null ? "_\r\n" : Bulk(target));

    public static string Migrating(long sequence, int seconds, int shard = 1) => Opener("MIGRATING", sequence, seconds, shard);

    public static string Migrated(long sequence, int shard = 1) => Closer("MIGRATED", sequence, shard);

    public static string FailingOver(long sequence, int seconds, int shard = 1) => Opener("FAILING_OVER", sequence, seconds, shard);

    public static string FailedOver(long sequence, int shard = 1) => Closer("FAILED_OVER", sequence, shard);

    public static string SlotsMigrating(long sequence, string slots) => $">3\r\n$10\r\nSMIGRATING\r\n:{sequence}\r\n{Bulk(slots)}";

    public static string SlotsMigrated(long sequence) =>
        $">3\r\n$9\r\nSMIGRATED\r\n:{sequence}\r\n*1\r\n*3\r\n{Bulk("10.0.0.1:6379")}{Bulk("10.0.0.2:6379")}{Bulk("5000-7000")}";

    private static string Opener(string name, long sequence, int seconds, int shard) =>
        $">4\r\n{Bulk(name)}:{sequence}\r\n:{seconds}\r\n{Shards(shard)}";

    private static string Closer(string name, long sequence, int shard) => $">3\r\n{Bulk(name)}:{sequence}\r\n{Shards(shard)}";

    private static string Shards(int shard) => Bulk($"[\"{shard.ToString(CultureInfo.InvariantCulture)}\"]");

    private static string Bulk(string text) => $"${text.Length}\r\n{text}\r\n";
}
