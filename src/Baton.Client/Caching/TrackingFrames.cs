using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>The bytes of <c>CLIENT TRACKING</c> and what comes of it.</summary>
internal static class TrackingFrames
{
    /// <summary>What stands in front of a read whose keys the server shall remember.</summary>
    public static ReadOnlySpan<byte> CachingYes => "*3\r\n$6\r\nCLIENT\r\n$7\r\nCACHING\r\n$3\r\nYES\r\n"u8;

    /// <summary>The command that turns tracking on.</summary>
    public static byte[] TurnOn(RedisCachingOptions options)
    {
        var writer = CommandWriter.Begin("CLIENT"u8);
        writer.AddBytes("TRACKING"u8);
        writer.AddBytes("ON"u8);
        if (options.Mode == RedisCachingMode.OptIn)
        {
            writer.AddBytes("OPTIN"u8);
        }
        else if (options.Mode == RedisCachingMode.Broadcast)
        {
            writer.AddBytes("BCAST"u8);
            foreach (var prefix in options.Prefixes)
            {
                writer.AddBytes("PREFIX"u8);
                writer.AddText(prefix);
            }
        }

        var frame = writer.Finish().ToArray();
        writer.Return();
        return frame;
    }

    /// <summary><c>&gt;2 invalidate [key ...]</c>, or null in the keys' place: everything (FLUSHALL). Other pushes change nothing.</summary>
    public static void Apply(ReadOnlySpan<byte> push, ReplyCache cache)
    {
        var reader = new RespReader(push);
        if (!reader.Read() || reader.Count != 2 || !reader.Read() || !reader.Value.SequenceEqual("invalidate"u8) || !reader.Read())
        {
            return;
        }

        if (reader.IsNull)
        {
            cache.InvalidateAll();
            return;
        }

        for (var left = reader.Count; left > 0 && reader.Read(); left--)
        {
            cache.Invalidate(reader.Value);
        }
    }
}
