using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// A tracking session's link to one shard. When the shard moves:
/// <code>
/// old link dropped  ->  new link: CLIENT TRACKING ON as before, confirmed  ->  client: invalidate everything  ->  held commands run
/// </code>
/// The new master does not know what the client has read, and the old one may have had more to say: so everything is invalid. A link that is lost
/// otherwise ends the client's connection, as a server that dies does; a client that is cut off drops its cache. Belongs to its loop's thread.
/// </summary>
internal sealed class TrackedLink : IShardPassenger, ILinkOwner
{
    private readonly ClientSession _session;
    private readonly Tracking _tracking;
    private readonly LoopShard _shard;
    private LinkLease? _lease;
    private bool _closed;

    public TrackedLink(ClientSession session, Tracking tracking, LoopShard shard, ShardLink link)
    {
        (_session, _tracking, _shard, Link) = (session, tracking, shard, link);
        link.Owner = this;
        shard.Passengers.Add(this);
    }

    private static ReadOnlySpan<byte> InvalidateAll => ">2\r\n$10\r\ninvalidate\r\n_\r\n"u8;

    /// <summary>What the session's commands to the shard go over.</summary>
    public ShardLink Link { get; private set; }

    /// <summary>The session needs it no more.</summary>
    public void Close()
    {
        if (!_closed)
        {
            _closed = true;
            _shard.Passengers.Remove(this);
            if (Link.Owner == this)
            {
                _shard.Dedicated.Return(Link, clean: false);
            }

            _lease?.Cancel();
        }
    }

    void IShardPassenger.OnSwitch(LoopShard shard, Action done)
    {
        ReplyPlace last = Link.LastPlace;
        _shard.Dedicated.Return(Link, clean: false);
        if (!_tracking.IsOn)
        {
            // CLIENT TRACKING still waits for other links; it will take one to the new master.
            _closed = true;
            _shard.Passengers.Remove(this);
            _tracking.Forget(_shard);
            done();
            return;
        }

        _lease = new LinkLease(shard, 3, _session.State.Database, (link, _) =>
        {
            _lease = null;
            if (link is null)
            {
                _session.Close(CloseReason.UpstreamLost);
                done();
            }
            else
            {
                TrackAgain(link, last, done);
            }
        });
        _lease.Start();
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        if (link == Link && !_closed)
        {
            _closed = true;
            _shard.Passengers.Remove(this);
            _shard.Dedicated.NoteLost(link);
            _session.Close(CloseReason.UpstreamLost);
        }
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
        if (link == Link)
        {
            _session.PushBehind(link.LastPlace, frame);
        }
    }

    private void TrackAgain(ShardLink link, ReplyPlace last, Action done)
    {
        Link = link;
        link.Owner = this;
        OutputBuffer command = new(static _ => { });
        _tracking.Options!.Write(command);
        link.Send(command.Pending, new FrameSink((frame, lost) =>
        {
            if (lost || Frames.IsError(frame))
            {
                _session.Close(CloseReason.UpstreamLost);
            }
            else
            {
                _session.PushBehind(last, InvalidateAll);
            }

            done();
        }));
        command.Release();
    }
}
