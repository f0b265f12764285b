using System.Globalization;
using System.Text;

namespace Baton.Client.StackExchangeRedis;

/// <summary>PINGs with a text of their own, whose answers are found among all others without counting.</summary>
internal static class PingMark
{
    private static long _last;

    /// <summary>A text no other PING of this process has.</summary>
    public static byte[] Next() =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"baton:handoff:{Interlocked.Increment(ref _last):x16}"));

    /// <summary>The command.</summary>
    public static byte[] Ping(byte[] token) => [.. "*2\r\n$4\r\nPING\r\n"u8, .. Bulk(token)];

    /// <summary>True for its answer, which is the text, or an error for users who may not PING.</summary>
    public static bool IsAnswer(ReadOnlySpan<byte> frame, byte[] token) =>
        frame.SequenceEqual(Bulk(token)) || (frame.StartsWith("-NOPERM"u8) && frame.IndexOf("'ping'"u8) >= 0);

    private static byte[] Bulk(byte[] token) =>
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"${token.Length}\r\n")), .. token, .. "\r\n"u8];
}
