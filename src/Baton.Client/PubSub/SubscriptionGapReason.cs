namespace Baton.Client;

/// <summary>Why messages may be missing.</summary>
public enum SubscriptionGapReason
{
    /// <summary>The connection ended without a handoff; it was made again, and messages in between were not received.</summary>
    ConnectionLost,

    /// <summary>A handoff was under way and the old connection ended, or went silent, before the new one had proved to have everything.</summary>
    HandoffIncomplete,

    /// <summary>The server ended the subscription by itself (a slot that moved, a reset); it was asked again.</summary>
    UnsubscribedByServer,

    /// <summary>The reader was too slow and the oldest messages were dropped (<see cref="RedisSubscriptionOptions.QueueLimit"/>).</summary>
    QueueFull,
}
