using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>Replies of geo commands.</summary>
internal static class GeoReplies
{
    /// <summary><c>[[longitude, latitude] | null ...]</c></summary>
    public static readonly ReplyReader<GeoPosition?[]> Positions = ReplyReaders.ArrayOf<GeoPosition?>(
        static (ref RespReader reply) => reply.IsNull ? null : ReadPosition(ref reply));

    /// <summary><c>[[member, distance, [longitude, latitude]] ...]</c></summary>
    public static readonly ReplyReader<GeoMatch[]> Matches = ReplyReaders.ArrayOf(PairReplies.Whole(static (ref RespReader reply) =>
    {
        reply.Require(3, "a member, its distance and its place");
        var member = reply.Next(ReplyReaders.Text);
        var distance = reply.Next(ReplyReaders.Double);
        return new GeoMatch(member, distance, reply.Next(ReadPosition));
    }));

    private static GeoPosition ReadPosition(ref RespReader reply)
    {
        reply.Require(2, "a place");
        var longitude = reply.Next(ReplyReaders.Double);
        return new GeoPosition(longitude, reply.Next(ReplyReaders.Double));
    }
}
