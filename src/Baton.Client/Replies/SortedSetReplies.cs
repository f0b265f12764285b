using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>Replies of sorted set commands.</summary>
internal static class SortedSetReplies
{
    /// <summary><c>[rank, score]</c> or null.</summary>
    public static readonly ReplyReader<MemberRank?> Rank =
        PairReplies.OneOf(ReplyReaders.Int64, ReplyReaders.Double, static (rank, score) => new MemberRank(rank, score));

    /// <summary><c>[key, [[member, score] ...]]</c> or null.</summary>
    public static readonly ReplyReader<PoppedMembers?> Popped = static (ref RespReader reply) =>
    {
        if (reply.IsNull)
        {
            return null;
        }

        reply.Require(2, "a key and its members");
        var key = reply.Next(ReplyReaders.Key);
        return new PoppedMembers(key, reply.Next(ScoredMembers<string>.All));
    };

    /// <summary><c>[key, member, score]</c> or null.</summary>
    public static readonly ReplyReader<PoppedMembers?> PoppedOne = static (ref RespReader reply) =>
    {
        if (reply.IsNull)
        {
            return null;
        }

        reply.Require(3, "a key, a member and its score");
        var key = reply.Next(ReplyReaders.Key);
        var member = reply.Next(ReplyReaders.Text);
        return new PoppedMembers(key, [new ScoredMember<string>(member, reply.Next(ReplyReaders.Double))]);
    };

    /// <summary>Members with scores: by turns (RESP2), or in arrays of two (RESP3).</summary>
    public static class ScoredMembers<T>
    {
        /// <summary>All of them.</summary>
        public static ReplyReader<ScoredMember<T>[]> All => field ??= PairReplies.Of(ReplyReaderFor<T>.Default, ReplyReaders.Double, New);

        /// <summary>The only one; null for none.</summary>
        public static ReplyReader<ScoredMember<T>?> One => field ??= PairReplies.OneOf(ReplyReaderFor<T>.Default, ReplyReaders.Double, New);

        private static ScoredMember<T> New(T member, double score) => new(member, score);
    }
}
