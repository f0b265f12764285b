using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>Replies about the ends of hash fields.</summary>
internal static class HashFieldReplies
{
    /// <summary>One for each field.</summary>
    public static readonly ReplyReader<HashFieldExpiry[]> Expiries =
        ReplyReaders.ArrayOf(static (ref RespReader reply) => (HashFieldExpiry)ReplyReaders.Int32(ref reply));

    /// <summary>HPTTL.</summary>
    public static readonly ReplyReader<TimeSpan?[]> TimesToLive = ReplyReaders.ArrayOf(KeyReplies.TimeToLive);

    /// <summary>HPEXPIRETIME.</summary>
    public static readonly ReplyReader<DateTimeOffset?[]> EndTimes = ReplyReaders.ArrayOf(KeyReplies.EndTime);
}
