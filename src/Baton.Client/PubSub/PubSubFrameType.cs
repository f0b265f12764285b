namespace Baton.Client;

/// <summary>What a server tells a subscriber.</summary>
internal enum PubSubFrameType
{
    /// <summary>Not for subscribers.</summary>
    Other,

    /// <summary>A message.</summary>
    Message,

    /// <summary>A subscription is there.</summary>
    Subscribed,

    /// <summary>A subscription is not there any more, whoever wanted that.</summary>
    Unsubscribed,
}
