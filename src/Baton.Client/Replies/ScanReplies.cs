using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>Replies of scans: <c>[cursor, [item ...]]</c></summary>
internal static class ScanReplies
{
    /// <summary>SCAN, SSCAN.</summary>
    public static readonly ReplyReader<ScanPage<RedisKey>> Keys = PageOf(ReplyReaders.ArrayOf(ReplyReaders.Key));

    /// <summary>SSCAN.</summary>
    public static readonly ReplyReader<ScanPage<string>> Members = PageOf(ReplyReaderFor<string>.Array);

    /// <summary>HSCAN.</summary>
    public static readonly ReplyReader<ScanPage<KeyValuePair<string, string>>> Fields = PageOf(HashReplies<string>.Pairs);

    /// <summary>ZSCAN.</summary>
    public static readonly ReplyReader<ScanPage<ScoredMember<string>>> Scored = PageOf(SortedSetReplies.ScoredMembers<string>.All);

    private static ReplyReader<ScanPage<T>> PageOf<T>(ReplyReader<T[]> items) => (ref RespReader reply) =>
    {
        reply.Require(2, "a cursor and what was found");
        var cursor = reply.Next(ReplyReaders.Text);
        return new ScanPage<T>(cursor, reply.Next(items));
    };
}
