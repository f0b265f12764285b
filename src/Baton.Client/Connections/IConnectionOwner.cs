namespace Baton.Client;

/// <summary>Whoever uses a connection. Called on its reader (or whoever closes it); must not block.</summary>
internal interface IConnectionOwner
{
    /// <summary>True when connections carry many commands at a time.</summary>
    bool IsShared => false;

    /// <summary>A push frame, <c>&gt;N ...</c>. Its bytes live until the call returns.</summary>
    void OnPush(RedisConnection connection, ReadOnlySpan<byte> frame);

    /// <summary>The connection has ended. What it owed an answer for is taken with <see cref="RedisConnection.TakeUnanswered"/>.</summary>
    void OnClosed(RedisConnection connection, CloseReason reason, Exception? cause);
}
