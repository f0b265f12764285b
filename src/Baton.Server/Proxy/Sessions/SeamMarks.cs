using System.Globalization;
using System.Text;

namespace Baton.Server.Proxy.Sessions;

/// <summary>The channels whose messages tell where the messages of two masters meet (<see cref="MessageSeam"/>). Clients never see them.</summary>
internal static class SeamMarks
{
    private static ReadOnlySpan<byte> Prefix => "baton:seam:"u8;

    /// <summary>A channel of its own for each slice of each loop.</summary>
    public static byte[] Make(long instanceId, int loop, long slice) =>
        [.. Prefix, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{instanceId}:{loop}:{slice}"))];

    /// <summary>It is one of them.</summary>
    public static bool IsOne(ReadOnlySpan<byte> channel) => channel.StartsWith(Prefix);
}
