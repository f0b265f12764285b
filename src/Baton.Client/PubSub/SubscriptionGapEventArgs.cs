namespace Baton.Client;

/// <summary>
/// Messages may be missing. Told when the subscription is served again, so that what is read from the database now and what the subscription
/// delivers from now on leave nothing out.
/// </summary>
public sealed class SubscriptionGapEventArgs(SubscriptionGapReason reason) : EventArgs
{
    /// <summary>Why.</summary>
    public SubscriptionGapReason Reason { get; } = reason;
}
