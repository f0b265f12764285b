using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>Replies of commands on keys.</summary>
internal static class KeyReplies
{
    private const long NoKey = -2;
    private const long NoEnd = -1;

    /// <summary>PTTL: null for no key, infinite for no end.</summary>
    public static readonly ReplyReader<TimeSpan?> TimeToLive = static (ref RespReader reply) => ToTimeToLive(ReplyReaders.Int64(ref reply));

    /// <summary>PEXPIRETIME: null for no key, the highest date for no end.</summary>
    public static readonly ReplyReader<DateTimeOffset?> EndTime = static (ref RespReader reply) => ToEndTime(ReplyReaders.Int64(ref reply));

    /// <summary>Seconds; null for null.</summary>
    public static readonly ReplyReader<TimeSpan?> Seconds = static (ref RespReader reply) =>
        ReplyReaders.NullableInt64(ref reply) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Whether more than nothing was done.</summary>
    public static readonly ReplyReader<bool> AnyDone = static (ref RespReader reply) => ReplyReaders.Int64(ref reply) > 0;

    /// <summary>Milliseconds to go.</summary>
    public static TimeSpan? ToTimeToLive(long milliseconds) => milliseconds switch
    {
        NoKey => null,
        NoEnd => Timeout.InfiniteTimeSpan,
        _ => TimeSpan.FromMilliseconds(milliseconds),
    };

    /// <summary>Milliseconds since 1970.</summary>
    public static DateTimeOffset? ToEndTime(long milliseconds) => milliseconds switch
    {
        NoKey => null,
        NoEnd => DateTimeOffset.MaxValue,
        _ => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
    };
}
