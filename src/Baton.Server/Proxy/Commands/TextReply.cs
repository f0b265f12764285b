using System.Buffers;
using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Server.Proxy.Commands;

/// <summary>Text for people (INFO, CLIENT LIST): in RESP3 Redis marks it as such.</summary>
internal static class TextReply
{
    /// <summary>The beginning of a text whose bytes, and the line's end behind them, are written afterwards.</summary>
    public static void WriteHeader(IBufferWriter<byte> output, long bytes, int protocol) => output.Write(Encoding.ASCII.GetBytes(
        protocol < 3 ? string.Create(CultureInfo.InvariantCulture, $"${bytes}\r\n") : string.Create(CultureInfo.InvariantCulture, $"={bytes + 4}\r\ntxt:")));

    /// <summary><c>$5 hello</c> or <c>=9 txt:hello</c></summary>
    public static void Write(IBufferWriter<byte> output, string text, int protocol)
    {
        if (protocol < 3)
        {
            RespWriter.WriteBulk(output, text);
            return;
        }

        byte[] bytes = Encoding.UTF8.GetBytes($"txt:{text}");
        output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"={bytes.Length}\r\n")));
        output.Write(bytes);
        output.Write("\r\n"u8);
    }
}
