namespace Baton.Client;

/// <summary>The command ran, but its reply is not what the caller asked for. The connection is fine.</summary>
public sealed class RedisReplyException : RedisException
{
    internal RedisReplyException(string message, Exception? inner = null)
        : base(message, CommandOutcome.Ran, inner)
    {
    }
}
