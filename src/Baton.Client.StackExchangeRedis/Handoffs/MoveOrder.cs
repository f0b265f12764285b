using Baton.Protocol.Maintenance;

namespace Baton.Client.StackExchangeRedis;

/// <summary>A MOVING that is acted on.</summary>
internal sealed class MoveOrder(ReceivedNotification moving, long receivedMs, CancellationTokenSource cancellation)
{
    /// <summary>A server that announces less does not close in less: MOVING of 0 s still gets an attempt.</summary>
    private const long LeastMs = 1_000;

    /// <summary>What was announced.</summary>
    public ReceivedNotification Moving { get; } = moving;

    /// <summary>When it was heard.</summary>
    public long ReceivedMs { get; } = receivedMs;

    /// <summary>The announced time.</summary>
    public long WindowMs { get; } = Math.Clamp(moving.Seconds ?? 0, 0, 86_400) * 1000;

    /// <summary>When the server will close the old connection.</summary>
    public long DeadlineMs => ReceivedMs + Math.Max(WindowMs, LeastMs);

    /// <summary>Cancelled by a newer MOVING and by the stream's end.</summary>
    public CancellationToken Token { get; } = cancellation.Token;

    /// <summary>Gives up: a newer MOVING counts.</summary>
    public void Supersede() => cancellation.Cancel();

    /// <summary>True for the same event: acting on it again would be a loop.</summary>
    public bool IsFor(ReceivedNotification notification) =>
        Moving.Sequence is not null && Moving.Sequence == notification.Sequence && Moving.Target == notification.Target;
}
