using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>Replies of string commands.</summary>
internal static class StringReplies
{
    /// <summary><c>matches [[[a, b], [c, d], length] ...] len n</c>, a map in RESP3.</summary>
    public static readonly ReplyReader<LcsMatches> Lcs = static (ref RespReader reply) =>
    {
        var fields = RedisReply.Read(ref reply);
        return new LcsMatches(
            [.. fields.Require("matches").Items.Select(static match =>
                new LcsMatch(match.Items[0].Items[0].AsInt64(), match.Items[1].Items[0].AsInt64(), match.Items[2].AsInt64()))],
            fields.Require("len").AsInt64());
    };
}
