using Baton.Protocol.Maintenance;

namespace Baton.Client.StackExchangeRedis;

/// <summary>A new connection that has been told everything the old one was, and what it has said meanwhile.</summary>
/// <param name="link">The connection.</param>
internal sealed class GreetedLink(Link link)
{
    /// <summary>The connection.</summary>
    public Link Link => link;

    /// <summary>What it was told.</summary>
    public SessionSnapshot Told { get; set; } = new(0, [], []);

    /// <summary>Frames for StackExchange.Redis that came during the greeting, in order.</summary>
    public List<byte[]> Early { get; } = [];

    /// <summary>A MOVING that came during the greeting.</summary>
    public ReceivedNotification? Moving { get; set; }

    /// <summary>Messages that came on the old connection since this one was asked to subscribe.</summary>
    public OverlapRecord Overlap { get; } = new();
}
