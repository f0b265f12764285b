using System.Globalization;
using System.Text;
using Xunit;

namespace Baton.Client.Tests.Commands;

/// <summary>Frames as a test writes them: <c>|</c> stands for CR LF. A decoder of its own, so that the writer is not checked with itself.</summary>
internal static class Wire
{
    /// <summary>The bytes.</summary>
    public static byte[] Frame(string text) => Encoding.UTF8.GetBytes(text.Replace("|", "\r\n", StringComparison.Ordinal));

    /// <summary>A bulk string.</summary>
    public static string Bulk(string text) => $"${Encoding.UTF8.GetByteCount(text)}|{text}|";

    /// <summary>An array of bulk strings, or of frames where a part begins with a type byte and ends with <c>|</c>.</summary>
    public static string Array(params string[] parts) => $"*{parts.Length}|{string.Concat(parts.Select(Part))}";

    /// <summary>A RESP3 map; keys and values by turns.</summary>
    public static string Map(params string[] parts) => $"%{parts.Length / 2}|{string.Concat(parts.Select(Part))}";

    /// <summary>The arguments of a command; the frame must be exactly one command.</summary>
    public static string[] Arguments(string frame)
    {
        var position = 0;
        var arguments = new string[Number(frame, ref position, '*')];
        for (var index = 0; index < arguments.Length; index++)
        {
            var length = Number(frame, ref position, '$');
            arguments[index] = frame.Substring(position, length);
            Assert.Equal("\r\n", frame.Substring(position + length, 2));
            position += length + 2;
        }

        Assert.Equal(frame.Length, position);
        return arguments;
    }

    private static string Part(string part) => part.EndsWith('|') ? part : Bulk(part);

    private static int Number(string frame, ref int position, char type)
    {
        Assert.Equal(type, frame[position]);
        var end = frame.IndexOf("\r\n", position, StringComparison.Ordinal);
        var number = int.Parse(frame.AsSpan(position + 1, end - position - 1), CultureInfo.InvariantCulture);
        position = end + 2;
        return number;
    }
}
