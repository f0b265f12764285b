using System.Globalization;
using System.Text;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// Channels whose messages tell where the messages of two masters meet (<see cref="MessageSeam"/>), and words that do so for MONITOR. Clients never see them.
/// </summary>
internal static class SeamMarks
{
    private static ReadOnlySpan<byte> Prefix => "baton:seam:"u8;

    /// <summary>A channel of its own for each slice of each loop.</summary>
    public static byte[] Make(long instanceId, int loop, long slice) =>
        [.. Prefix, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{instanceId}:{loop}:{slice}"))];

    /// <summary>It is one of them.</summary>
    public static bool IsOne(ReadOnlySpan<byte> channel) => channel.StartsWith(Prefix);

    /// <summary>A line of MONITOR is of a command with one.</summary>
    public static bool IsIn(ReadOnlySpan<byte> line) => line.IndexOf("\"baton:seam:"u8) >= 0;
}
