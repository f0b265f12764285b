using System.Globalization;
using System.Net;
using System.Text;

namespace Baton.Cli.Bench.Handoff.Relay;

/// <summary>Notifications as servers send them, written by hand, so that Baton's reader is not judged by Baton's writer.</summary>
internal static class NotificationFrame
{
    private const string Shards = "$5\r\n[\"1\"]\r\n";

    /// <summary>MOVING; null for no named place.</summary>
    public static byte[] Moving(int sequence, int seconds, IPEndPoint? target) =>
        Bytes($">4\r\n$6\r\nMOVING\r\n:{Text(sequence)}\r\n:{Text(seconds)}\r\n{(target is null ? "_\r\n" : Bulk($"{target}"))}");

    /// <summary>MIGRATING.</summary>
    public static byte[] Migrating(int sequence, int seconds) => Bytes($">4\r\n$9\r\nMIGRATING\r\n:{Text(sequence)}\r\n:{Text(seconds)}\r\n{Shards}");

    /// <summary>MIGRATED.</summary>
    public static byte[] Migrated(int sequence) => Bytes($">3\r\n$8\r\nMIGRATED\r\n:{Text(sequence)}\r\n{Shards}");

    /// <summary>FAILING_OVER.</summary>
    public static byte[] FailingOver(int sequence, int seconds) =>
        Bytes($">4\r\n$12\r\nFAILING_OVER\r\n:{Text(sequence)}\r\n:{Text(seconds)}\r\n{Shards}");

    /// <summary>FAILED_OVER.</summary>
    public static byte[] FailedOver(int sequence) => Bytes($">3\r\n$11\r\nFAILED_OVER\r\n:{Text(sequence)}\r\n{Shards}");

    private static string Bulk(string text) => $"${Text(text.Length)}\r\n{text}\r\n";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static byte[] Bytes(string frame) => Encoding.ASCII.GetBytes(frame);
}
