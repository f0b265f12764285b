using System.Buffers.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Replies;

/// <summary>Takes an array reply apart, element by element, wherever its bytes lie: replies that are merged may be larger than one piece of memory.</summary>
internal static class ReplyElements
{
    /// <summary>Longer first lines are texts, which no reply that is merged has.</summary>
    private const int LongestLine = 4096;

    /// <summary>Takes the header of an array; returns how many elements follow.</summary>
    /// <exception cref="RespFormatException">It is no array.</exception>
    public static int TakeHeader(OutputBuffer reply)
    {
        Span<byte> line = stackalloc byte[32];
        line = line[..reply.Peek(line)];
        if (!Frames.TryHeader(line, out int count, out int length))
        {
            throw new RespFormatException("an array was expected");
        }

        reply.Consume(length);
        return Math.Max(0, count);
    }

    /// <summary>Moves the next element, which is no aggregate; returns how much work that was.</summary>
    /// <exception cref="RespFormatException">There is none.</exception>
    public static int MoveNext(OutputBuffer reply, OutputBuffer output)
    {
        long length = LengthOfNext(reply);
        reply.MoveTo(output, length);
        return TurnSlice.WorkOf(length);
    }

    /// <summary>Takes the next element, which is a short one.</summary>
    /// <exception cref="RespFormatException">There is none, or it is larger than 1 MiB.</exception>
    public static byte[] TakeNext(OutputBuffer reply)
    {
        long length = LengthOfNext(reply);
        if (length > OutputBuffer.BlockBytes)
        {
            throw new RespFormatException("an element is larger than 1 MiB");
        }

        byte[] element = new byte[length];
        reply.Peek(element);
        reply.Consume(length);
        return element;
    }

    private static long LengthOfNext(OutputBuffer reply)
    {
        ReadOnlySpan<byte> front = reply.Front;
        int end = front[..Math.Min(front.Length, LongestLine)].IndexOf((byte)'\n');
        long length = end >= 0 ? LengthOf(front, end) : LengthOfCut(reply);
        return length <= reply.Length ? length : throw new RespFormatException("there are fewer elements than there should be");
    }

    // Its first line begins in one block and ends in another.
    private static long LengthOfCut(OutputBuffer reply)
    {
        Span<byte> line = stackalloc byte[LongestLine];
        line = line[..reply.Peek(line)];
        int end = line.IndexOf((byte)'\n');
        return end >= 0 ? LengthOf(line, end) : long.MaxValue;
    }

    private static long LengthOf(ReadOnlySpan<byte> frame, int end) => frame[0] switch
    {
        (byte)'$' => end + 1 + (Utf8Parser.TryParse(frame[1..end], out int bulk, out _) && bulk >= 0 ? bulk + 2L : 0),
        (byte)'+' or (byte)'-' or (byte)':' or (byte)'_' or (byte)',' or (byte)'#' or (byte)'(' => end + 1,
        _ => throw new RespFormatException("an element is of a type that cannot be merged"),
    };
}
