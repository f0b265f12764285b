namespace Baton.Client;

/// <summary>Why a subscription has ended before it was disposed.</summary>
public enum SubscriptionEndReason
{
    /// <summary>Its queue was full, and it was to end then (<see cref="SubscriptionQueuePolicy.End"/>).</summary>
    QueueFull,

    /// <summary>The server refused to subscribe again, after a reconnect or after ending the subscription by itself.</summary>
    Refused,

    /// <summary>The client was disposed.</summary>
    ClientDisposed,
}
