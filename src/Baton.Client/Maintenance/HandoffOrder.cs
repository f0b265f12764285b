using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>A MOVING that is acted on. Thread-safe.</summary>
/// <param name="moving">What was announced.</param>
/// <param name="named">The place it names, as this process reaches it; null when it names none.</param>
/// <param name="receivedMs">When it was heard.</param>
/// <param name="cancellation">Cancelled by a newer MOVING and by the end of what moves.</param>
internal class HandoffOrder(ReceivedNotification moving, RedisEndpoint? named, long receivedMs, CancellationTokenSource cancellation)
{
    /// <summary>A server that announces less does not close in less: MOVING of 0 s still gets an attempt.</summary>
    private const long LeastMs = 1_000;

    /// <summary>What was announced.</summary>
    public ReceivedNotification Moving { get; } = moving;

    /// <summary>The place it names, as this process reaches it; null when it names none.</summary>
    public RedisEndpoint? Named { get; } = named;

    /// <summary>When it was heard.</summary>
    public long ReceivedMs { get; } = receivedMs;

    /// <summary>The announced time.</summary>
    public long WindowMs { get; } = Math.Clamp(moving.Seconds ?? 0, 0, 86_400) * 1000;

    /// <summary>When the server will close the old connection.</summary>
    public long DeadlineMs => ReceivedMs + Math.Max(WindowMs, LeastMs);

    /// <summary>Cancelled by a newer MOVING and by the end of what moves.</summary>
    public CancellationToken Token { get; } = cancellation.Token;

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

    /// <summary>True for the same event: acting on it again would be a loop.</summary>
    public bool IsFor(ReceivedNotification notification) =>
        Moving.Sequence is not null && Moving.Sequence == notification.Sequence && Moving.Target == notification.Target;
}
