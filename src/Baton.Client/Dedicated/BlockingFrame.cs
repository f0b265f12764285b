using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>Reads and rewrites how long an encoded blocking command may wait.</summary>
internal static class BlockingFrame
{
    /// <summary>The wait; null for "for ever" (0), and for what the server will refuse anyway.</summary>
    public static TimeSpan? ReadWait(byte[] frame, BlockingTimeout wait)
    {
        var arguments = Arguments(frame);
        var text = Encoding.UTF8.GetString(arguments[wait.Argument]);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || number <= 0 || !double.IsFinite(number))
        {
            return null;
        }

        var milliseconds = wait.InMilliseconds ? number : number * 1000;
        return milliseconds < TimeSpan.MaxValue.TotalMilliseconds / 2 ? TimeSpan.FromMilliseconds(milliseconds) : null;
    }

    /// <summary>The same command with another wait, at least a millisecond: 0 would be for ever.</summary>
    public static byte[] WithWait(byte[] frame, BlockingTimeout wait, TimeSpan left)
    {
        var milliseconds = Math.Max(1, (long)left.TotalMilliseconds);
        var arguments = Arguments(frame);
        arguments[wait.Argument] = Encoding.ASCII.GetBytes(wait.InMilliseconds
            ? milliseconds.ToString(CultureInfo.InvariantCulture)
            : (milliseconds / 1000d).ToString("0.###", CultureInfo.InvariantCulture));
        var writer = CommandWriter.Begin();
        foreach (var argument in arguments)
        {
            writer.AddBytes(argument);
        }

        var rewritten = writer.Finish().ToArray();
        writer.Return();
        return rewritten;
    }

    private static byte[][] Arguments(byte[] frame)
    {
        var reader = new RespReader(frame);
        reader.Read();
        var arguments = new byte[reader.Count][];
        for (var index = 0; index < arguments.Length; index++)
        {
            reader.Read();
            arguments[index] = reader.Value.ToArray();
        }

        return arguments;
    }
}
