namespace Baton.Client;

/// <summary>
/// Messages may be missing. Told when the subscription is served again, so that what is read from the database now and what the subscription
/// delivers from now on leave nothing out.
/// </summary>
/// <param name="Reason">Why.</param>
public sealed record SubscriptionGapEvent(SubscriptionGapReason Reason);
