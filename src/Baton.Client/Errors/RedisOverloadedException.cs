namespace Baton.Client;

/// <summary>More commands wait to be sent than the client may keep (<c>MaxBufferedBytes</c>). Nothing was sent; try again later, or slower.</summary>
public sealed class RedisOverloadedException : RedisException
{
    internal RedisOverloadedException(long limit)
        : base(
            $"The commands that wait to be sent have reached MaxBufferedBytes ({limit} bytes): the server is slower than the callers, or away.",
            CommandOutcome.NotSent) => IsSafeToRepeat = true;
}
