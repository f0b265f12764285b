using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Baton.Protocol.Resp;

/// <summary>
/// Writes commands and replies. All methods append; none allocates (text longer than a kilobyte borrows from the array pool).
/// </summary>
public static class RespWriter
{
    /// <summary>Prefix, 64-bit number with sign, CR LF.</summary>
    private const int LongestNumberLine = 1 + 20 + 2;

    /// <summary>Strings up to this length are written in one piece with their header.</summary>
    private const int SmallBulk = 1024;

    /// <summary>Text up to this length in UTF-8 is converted on the stack.</summary>
    private const int SmallText = 1024;

    /// <summary><c>*N\r\n</c>: begins a command or an array reply.</summary>
    public static void WriteArrayHeader(IBufferWriter<byte> output, int count) => WriteNumberLine(output, (byte)'*', count);

    /// <summary><c>$len\r\n...\r\n</c></summary>
    public static void WriteBulk(IBufferWriter<byte> output, ReadOnlySpan<byte> value)
    {
        if (value.Length > SmallBulk)
        {
            WriteNumberLine(output, (byte)'$', value.Length);
            output.Write(value);
            output.Write("\r\n"u8);
            return;
        }

        var span = output.GetSpan(LongestNumberLine + value.Length + 2);
        var written = FormatNumberLine(span, (byte)'$', value.Length);
        value.CopyTo(span[written..]);
        written += value.Length;
        span[written++] = (byte)'\r';
        span[written++] = (byte)'\n';
        output.Advance(written);
    }

    /// <summary>A bulk string of UTF-8 text.</summary>
    public static void WriteBulk(IBufferWriter<byte> output, string value)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = longest > SmallText ? ArrayPool<byte>.Shared.Rent(longest) : null;
        var bytes = rented ?? stackalloc byte[SmallText];
        WriteBulk(output, bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>A whole command: <c>*N\r\n$..\r\n..</c></summary>
    public static void WriteCommand(IBufferWriter<byte> output, params ReadOnlySpan<string> arguments)
    {
        WriteArrayHeader(output, arguments.Length);
        foreach (var argument in arguments)
        {
            WriteBulk(output, argument);
        }
    }

    /// <summary><c>+text\r\n</c>; line breaks in the text become spaces.</summary>
    public static void WriteSimple(IBufferWriter<byte> output, string text) => WriteTextLine(output, (byte)'+', text);

    /// <summary><c>-text\r\n</c>; line breaks in the text become spaces.</summary>
    public static void WriteError(IBufferWriter<byte> output, string text) => WriteTextLine(output, (byte)'-', text);

    /// <summary><c>:n\r\n</c></summary>
    public static void WriteInteger(IBufferWriter<byte> output, long value) => WriteNumberLine(output, (byte)':', value);

    /// <summary>RESP2 <c>$-1\r\n</c>, RESP3 <c>_\r\n</c></summary>
    public static void WriteNull(IBufferWriter<byte> output, int protocol) => output.Write(protocol >= 3 ? "_\r\n"u8 : "$-1\r\n"u8);

    /// <summary>RESP2 <c>*-1\r\n</c>, RESP3 <c>_\r\n</c></summary>
    public static void WriteNullArray(IBufferWriter<byte> output, int protocol) => output.Write(protocol >= 3 ? "_\r\n"u8 : "*-1\r\n"u8);

    /// <summary>RESP3 <c>%pairs\r\n</c>, RESP2 <c>*2·pairs\r\n</c></summary>
    public static void WriteMapHeader(IBufferWriter<byte> output, int pairs, int protocol) =>
        WriteNumberLine(output, protocol >= 3 ? (byte)'%' : (byte)'*', protocol >= 3 ? pairs : 2L * pairs);

    /// <summary>RESP3 <c>&gt;N\r\n</c>, RESP2 <c>*N\r\n</c> (pub/sub messages)</summary>
    public static void WritePushHeader(IBufferWriter<byte> output, int count, int protocol) =>
        WriteNumberLine(output, protocol >= 3 ? (byte)'>' : (byte)'*', count);

    private static void WriteNumberLine(IBufferWriter<byte> output, byte prefix, long number) =>
        output.Advance(FormatNumberLine(output.GetSpan(LongestNumberLine), prefix, number));

    private static int FormatNumberLine(Span<byte> span, byte prefix, long number)
    {
        span[0] = prefix;
        Utf8Formatter.TryFormat(number, span[1..], out var digits);
        span[digits + 1] = (byte)'\r';
        span[digits + 2] = (byte)'\n';
        return digits + 3;
    }

    private static void WriteTextLine(IBufferWriter<byte> output, byte prefix, string text)
    {
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length) + 3);
        span[0] = prefix;
        var length = Encoding.UTF8.GetBytes(text, span[1..]);

        // A line break would end the frame early and let the rest of the text speak for the server.
        var line = span.Slice(1, length);
        line.Replace((byte)'\r', (byte)' ');
        line.Replace((byte)'\n', (byte)' ');
        span[length + 1] = (byte)'\r';
        span[length + 2] = (byte)'\n';
        output.Advance(length + 3);
    }
}
