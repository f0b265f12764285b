using System.Buffers;
using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Server.Proxy.Commands;

/// <summary>Text for people (INFO, CLIENT LIST): in RESP3 Redis marks it as such.</summary>
internal static class TextReply
{
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
