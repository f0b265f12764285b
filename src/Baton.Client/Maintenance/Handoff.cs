using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>One move of one connection, from its MOVING to the end of the old connection.</summary>
internal sealed class Handoff(ReceivedNotification moving, RedisConnection old, long receivedMs, CancellationTokenSource cancellation)
{
    /// <summary>A server that announces less does not close in less: MOVING of 0 s still gets an attempt.</summary>
    private const long LeastMs = 1_000;

    /// <summary>What was announced.</summary>
    public ReceivedNotification Moving { get; } = moving;

    /// <summary>The connection that has to leave.</summary>
    public RedisConnection Old { get; } = old;

    /// <summary>When it was heard.</summary>
    public long ReceivedMs { get; } = receivedMs;

    /// <summary>The announced time.</summary>
    public long WindowMs { get; } = Math.Clamp(moving.Seconds ?? 0, 0, 86_400) * 1000;

    /// <summary>When the server will close the old connection.</summary>
    public long DeadlineMs => ReceivedMs + Math.Max(WindowMs, LeastMs);

    /// <summary>Cancelled by a newer MOVING and by the client's end.</summary>
    public CancellationToken Token { get; } = cancellation.Token;

    /// <summary>The connection it led to; null while it has not.</summary>
    public RedisConnection? Next { get; set; }

    /// <summary>Gives up: a newer MOVING counts.</summary>
    public void Supersede()
    {
        try
        {
            cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>It has ended: nothing can be cancelled any more.</summary>
    public void End() => cancellation.Dispose();

    /// <summary>
    /// True when this handoff is what the connection is told to do: the same event, again on the connection that is to leave, or repeated to
    /// the one it led to (acting on that would be a loop). A connection that was made anew to the old place has to leave it all the same.
    /// </summary>
    public bool Covers(ReceivedNotification notification, RedisConnection connection) =>
        (connection == Old || connection == Next)
        && Moving.Sequence is not null && Moving.Sequence == notification.Sequence && Moving.Target == notification.Target;
}
