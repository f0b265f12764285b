using System.Buffers;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Protocol.Tests.Resp;

/// <summary>Bytes of commands and frames, and what a scanner finds in them.</summary>
internal static class Wire
{
    /// <summary>Text to bytes, one byte per character, so that any byte can be written.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>Bytes to text, one character per byte.</summary>
    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>A command as clients send it.</summary>
    public static byte[] Command(params string[] arguments)
    {
        var output = new ArrayBufferWriter<byte>();
        RespWriter.WriteArrayHeader(output, arguments.Length);
        foreach (var argument in arguments)
        {
            RespWriter.WriteBulk(output, Bytes(argument));
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>What <paramref name="write"/> appended.</summary>
    public static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Text(output.WrittenSpan);
    }

    /// <summary>The arguments of the command a scanner has just found.</summary>
    public static string[] Arguments(RequestScanner scanner, ReadOnlySpan<byte> data)
    {
        var arguments = new string[scanner.ArgumentCount];
        for (var index = 0; index < arguments.Length; index++)
        {
            arguments[index] = Text(scanner.Argument(data, index));
        }

        return arguments;
    }

    /// <summary>Scans a single command that is there completely.</summary>
    public static RequestScanner Scanned(byte[] data, RespLimits? limits = null)
    {
        var scanner = new RequestScanner(limits);
        Assert.Equal(ScanStatus.Complete, scanner.Scan(data));
        return scanner;
    }

    /// <summary>
    /// Feeds a stream of commands in pieces that end at the given offsets, as a connection does, and lists what came out:
    /// the arguments of each command, or the error that ended it.
    /// </summary>
    public static List<string> Commands(byte[] stream, IEnumerable<int> cuts, RespLimits? limits = null)
    {
        var scanner = new RequestScanner(limits);
        var found = new List<string>();
        var start = 0;
        foreach (var cut in cuts.Append(stream.Length))
        {
            while (true)
            {
                var data = stream.AsSpan(start, cut - start);
                var status = scanner.Scan(data);
                if (status == ScanStatus.Invalid)
                {
                    found.Add("error: " + scanner.Error);
                    return found;
                }

                if (status == ScanStatus.NeedMore)
                {
                    Assert.True(scanner.MinimumLength > data.Length, $"asks for {scanner.MinimumLength} bytes and has {data.Length}");
                    break;
                }

                Assert.InRange(scanner.FrameLength, 1, data.Length);
                found.Add((scanner.IsInline ? "inline " : "") + string.Join("|", Arguments(scanner, data)));
                start += scanner.FrameLength;
            }
        }

        found.Add($"left over: {stream.Length - start}");
        return found;
    }
}
