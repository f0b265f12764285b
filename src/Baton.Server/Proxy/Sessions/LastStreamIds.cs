using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// Before an XREAD with <c>$</c> is re-issued: replaces each <c>$</c> by the stream's last id, asked while nothing can be added, so
/// that an entry added
/// right after the release is not missed.
/// </summary>
internal static class LastStreamIds
{
    /// <summary>
    /// Asks where needed, then calls <paramref name="done"/> (at once when there is nothing to ask, or when the link is lost).
    /// </summary>
    public static void Resolve(ShardLink link, BlockingTimeout command, Action done)
    {
        List<(int KeyIndex, int IdIndex)> open = Find(command);
        if (open.Count == 0)
        {
            done();
            return;
        }

        int answered = 0;
        FrameSink sink = new((frame, lost) =>
        {
            command.Arguments[open[answered].IdIndex] = lost ? "$"u8.ToArray() : LastId(frame);
            if (++answered == open.Count)
            {
                done();
            }
        });
        OutputBuffer questions = new(static _ => { });
        foreach ((int keyIndex, _) in open)
        {
            RespWriter.WriteArrayHeader(questions, 3);
            RespWriter.WriteBulk(questions, "XINFO"u8);
            RespWriter.WriteBulk(questions, "STREAM"u8);
            RespWriter.WriteBulk(questions, command.Arguments[keyIndex]);
        }

        link.Send(questions.Pending, sink, open.Count);
        questions.Release();
    }

    private static List<(int KeyIndex, int IdIndex)> Find(BlockingTimeout command)
    {
        List<(int, int)> open = [];
        (int first, int count) = command.Streams;
        for (int key = first; key < first + count; key++)
        {
            if (command.Arguments[key + count].AsSpan().SequenceEqual("$"u8))
            {
                open.Add((key, key + count));
            }
        }

        return open;
    }

    /// <summary>The value behind <c>last-generated-id</c>; a stream that does not exist begins at 0-0.</summary>
    private static byte[] LastId(ReadOnlySpan<byte> frame)
    {
        if (!Frames.IsError(frame))
        {
            RespReader reader = new(frame);
            while (reader.Read())
            {
                if (reader.Value.SequenceEqual("last-generated-id"u8) && reader.Read())
                {
                    return reader.Value.ToArray();
                }
            }
        }

        return "0-0"u8.ToArray();
    }
}
