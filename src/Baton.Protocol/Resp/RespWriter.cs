using System.Buffers;

namespace Baton.Protocol.Resp;

/// <summary>Writes commands and replies. All methods append; none allocates except the string conveniences.</summary>
public static class RespWriter
{
    /// <summary><c>*N\r\n</c>: begins a command or an array reply.</summary>
    public static void WriteArrayHeader(IBufferWriter<byte> output, int count) => throw new NotImplementedException();

    /// <summary><c>$len\r\n...\r\n</c></summary>
    public static void WriteBulk(IBufferWriter<byte> output, ReadOnlySpan<byte> value) => throw new NotImplementedException();

    /// <summary>A bulk string of UTF-8 text.</summary>
    public static void WriteBulk(IBufferWriter<byte> output, string value) => throw new NotImplementedException();

    /// <summary>A whole command: <c>*N\r\n$..\r\n..</c></summary>
    public static void WriteCommand(IBufferWriter<byte> output, params ReadOnlySpan<string> arguments) => throw new NotImplementedException();

    /// <summary><c>+text\r\n</c></summary>
    public static void WriteSimple(IBufferWriter<byte> output, string text) => throw new NotImplementedException();

    /// <summary><c>-text\r\n</c>; line breaks in the text become spaces.</summary>
    public static void WriteError(IBufferWriter<byte> output, string text) => throw new NotImplementedException();

    /// <summary><c>:n\r\n</c></summary>
    public static void WriteInteger(IBufferWriter<byte> output, long value) => throw new NotImplementedException();

    /// <summary>RESP2 <c>$-1\r\n</c>, RESP3 <c>_\r\n</c></summary>
    public static void WriteNull(IBufferWriter<byte> output, int protocol) => throw new NotImplementedException();

    /// <summary>RESP2 <c>*-1\r\n</c>, RESP3 <c>_\r\n</c></summary>
    public static void WriteNullArray(IBufferWriter<byte> output, int protocol) => throw new NotImplementedException();

    /// <summary>RESP3 <c>%pairs\r\n</c>, RESP2 <c>*2·pairs\r\n</c></summary>
    public static void WriteMapHeader(IBufferWriter<byte> output, int pairs, int protocol) => throw new NotImplementedException();

    /// <summary>RESP3 <c>&gt;N\r\n</c>, RESP2 <c>*N\r\n</c> (pub/sub messages)</summary>
    public static void WritePushHeader(IBufferWriter<byte> output, int count, int protocol) => throw new NotImplementedException();
}
