using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// The RESP3 connection to which a shard's engine sends the invalidations of a session that has them redirected: so they come neither between that
/// session's replies nor in a protocol that has no pushes. Belongs to its loop's thread.
/// <code>
/// session --commands--> its link --CLIENT TRACKING ON REDIRECT this--> engine --invalidate--> this --> TrackingTarget
/// </code>
/// </summary>
internal sealed class InvalidationLink : ILinkOwner
{
    private readonly ClientSession _session;
    private readonly Tracking _tracking;
    private readonly ShardLink _link;
    private bool _closed;

    public InvalidationLink(ClientSession session, Tracking tracking, ShardLink link)
    {
        (_session, _tracking, _link) = (session, tracking, link);
        link.Owner = this;
    }

    /// <summary>What the engine calls it.</summary>
    public long EngineId => _link.ClientId;

    /// <summary>It is needed no more.</summary>
    public void Close()
    {
        _closed = true;
        if (_link.Owner == this)
        {
            _link.Shard.Dedicated.Return(_link, clean: false);
        }
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        link.Shard.Dedicated.NoteLost(link);
        if (!_closed && link.Target == link.Shard.Target)
        {
            // Invalidations would be missed in silence; a client that is cut off drops its cache.
            _closed = true;
            _session.Close(CloseReason.UpstreamLost);
        }
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
        if (!_closed)
        {
            _tracking.Target?.Tell(frame);
        }
    }
}
