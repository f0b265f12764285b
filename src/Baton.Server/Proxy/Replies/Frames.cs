using System.Buffers.Text;
using Baton.Protocol.Resp;

namespace Baton.Server.Proxy.Replies;

/// <summary>Looks into whole reply frames.</summary>
internal static class Frames
{
    /// <summary>The length of the first frame in <paramref name="bytes"/>, which must be complete.</summary>
    /// <exception cref="RespFormatException">It is not.</exception>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        ReplyScanner scanner = new();
        return scanner.Scan(bytes, out int consumed) == ScanStatus.Complete
            ? consumed
            : throw new RespFormatException("A reply that was counted as whole is not.");
    }

    /// <summary>An error of either kind.</summary>
    public static bool IsError(ReadOnlySpan<byte> frame) => frame.Length > 0 && frame[0] is (byte)'-' or (byte)'!';

    /// <summary><c>_</c>, <c>$-1</c> or <c>*-1</c>.</summary>
    public static bool IsNull(ReadOnlySpan<byte> frame) =>
        frame.Length > 1 && (frame[0] == (byte)'_' || (frame[0] is (byte)'$' or (byte)'*' && frame[1] == (byte)'-'));

    /// <summary>The integer of a <c>:n</c> frame.</summary>
    public static bool TryInteger(ReadOnlySpan<byte> frame, out long value)
    {
        value = 0;
        return frame.Length > 3 && frame[0] == (byte)':' && Utf8Parser.TryParse(frame[1..], out value, out _);
    }

    /// <summary>The count in an aggregate's header (<c>*3</c>), and where its elements begin.</summary>
    public static bool TryHeader(ReadOnlySpan<byte> frame, out int count, out int bodyOffset)
    {
        count = 0;
        int end = frame.IndexOf((byte)'\n');
        bodyOffset = end + 1;
        return end > 0 && frame[0] is (byte)'*' or (byte)'~' or (byte)'>' or (byte)'%' && Utf8Parser.TryParse(frame[1..], out count, out _);
    }
}
