using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>One move of one connection, from its MOVING to the end of the old connection.</summary>
internal sealed class Handoff(
    ReceivedNotification moving, RedisEndpoint? named, RedisConnection old, long receivedMs, CancellationTokenSource cancellation)
    : HandoffOrder(moving, named, receivedMs, cancellation)
{
    /// <summary>The connection that has to leave.</summary>
    public RedisConnection Old { get; } = old;

    /// <summary>The connection it led to; null while it has not.</summary>
    public RedisConnection? Next { get; set; }

    /// <summary>
    /// True when this handoff is what the connection is told to do: the same event, again on the connection that is to leave, or repeated to
    /// the one it led to (acting on that would be a loop). A connection that was made anew to the old place has to leave it all the same.
    /// </summary>
    public bool Covers(ReceivedNotification notification, RedisConnection connection) =>
        (connection == Old || connection == Next) && IsFor(notification);
}
