namespace Baton.Client.StackExchangeRedis;

/// <summary>Looks at frames on their way to StackExchange.Redis.</summary>
internal interface IFrameJudge
{
    /// <summary>True when a frame that begins with this byte must be seen whole; otherwise it is passed on as it comes.</summary>
    bool MustSee(byte first);

    /// <summary>Judges a whole frame.</summary>
    FrameVerdict Judge(Link link, ReadOnlySpan<byte> frame);
}
