namespace Baton.Client.StackExchangeRedis;

/// <summary>What becomes of a frame that was looked at.</summary>
internal enum FrameVerdict
{
    /// <summary>It goes on to StackExchange.Redis.</summary>
    Pass,

    /// <summary>It was not asked for by StackExchange.Redis.</summary>
    Swallow,

    /// <summary>It was the last one of this connection: what comes behind it stays unread.</summary>
    Last,
}
