namespace Baton.Client;

/// <summary>What happens when a subscription's queue is full: its reader is slower than the channel.</summary>
public enum SubscriptionQueuePolicy
{
    /// <summary>The oldest message is dropped; the subscription has a gap (<see cref="SubscriptionGapReason.QueueFull"/>).</summary>
    DropOldest,

    /// <summary>The subscription ends with <see cref="SubscriptionEndReason.QueueFull"/>, after what is queued has been read.</summary>
    End,
}
