using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// A tracking session's link to one shard. When the shard has moved:
/// <code>
/// new link: CLIENT TRACKING ON as before, confirmed  ->  a WATCH comes over  ->  client: invalidate everything  ->  its waiting commands run
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
    private ShardLink? _next;
    private Action? _whenCarried;
    private bool _carrying;
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

    /// <summary>It is on a master that the shard has left.</summary>
    public bool IsBehind => !_closed && Link.Target != _shard.Target;

    /// <summary>The link goes on without it; false when it has ended.</summary>
    public bool TryLeave()
    {
        bool isOpen = !_closed && Link.State == LinkState.Ready;
        if (isOpen)
        {
            _closed = true;
            _shard.Passengers.Remove(this);
        }
        else
        {
            Close();
        }

        return isOpen;
    }

    /// <summary>The session needs it no more.</summary>
    public void Close()
    {
        if (!_closed)
        {
            _closed = true;
            _shard.Passengers.Remove(this);
            ReturnOwn(Link);
            ReturnOwn(_next);
            _lease?.Cancel();
        }
    }

    /// <inheritdoc/>
    public void OnSwitch(LoopShard shard, Action done)
    {
        if (!IsBehind)
        {
            done();
            return;
        }

        if (!_tracking.IsOn)
        {
            // CLIENT TRACKING still waits for other links; it will take one to the new master.
            Close();
            _tracking.Forget(_shard);
            done();
            return;
        }

        _whenCarried += done;
        if (_carrying)
        {
            return;
        }

        _carrying = true;
        _lease = new LinkLease(shard, 3, _session.State.Database, (link, _) =>
        {
            _lease = null;
            if (_closed || link is null)
            {
                Settle(CloseReason.UpstreamLost);
            }
            else
            {
                TrackAgain(link);
            }
        }) { Replaces = true };
        _lease.Start();
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        _shard.Dedicated.NoteLost(link);
        if ((link == Link || link == _next) && !_closed && link.Target == _shard.Target)
        {
            _closed = true;
            _shard.Passengers.Remove(this);
            ReturnOwn(link == Link ? _next : Link);
            _session.Close(CloseReason.UpstreamLost);
        }
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
        if (link == Link || link == _next)
        {
            _session.PushBehind(link.LastPlace, frame);
        }
    }

    private void TrackAgain(ShardLink link)
    {
        _next = link;
        link.Owner = this;
        OutputBuffer command = new(static _ => { });
        _tracking.Options!.Write(command);
        link.Send(command.Pending, new FrameSink((frame, lost) =>
        {
            if (_closed || lost || Frames.IsError(frame))
            {
                Settle(CloseReason.UpstreamLost);
            }
            else if (_session.Watch is { IsBehind: true } watch && watch.Link == Link)
            {
                watch.CarryTo(link, UseNext);
            }
            else
            {
                UseNext();
            }
        }));
        command.Release();
    }

    private void UseNext()
    {
        if (_closed || _next is not { } next)
        {
            Settle(CloseReason.UpstreamLost);
            return;
        }

        ReplyPlace last = Link.LastPlace;
        ReturnOwn(Link);
        Link = next;
        _next = null;
        _session.PushBehind(last, InvalidateAll);
        Settle(null);
    }

    private void Settle(CloseReason? failure)
    {
        if (failure is { } reason && !_closed)
        {
            _session.Close(reason);
        }

        _carrying = false;
        if (failure is null && IsBehind)
        {
            // The shard has gone on meanwhile.
            OnSwitch(_shard, static () => { });
            return;
        }

        Action? whenCarried = _whenCarried;
        _whenCarried = null;
        whenCarried?.Invoke();
        _session.Unpark();
    }

    private void ReturnOwn(ShardLink? link)
    {
        if (link?.Owner == this)
        {
            _shard.Dedicated.Return(link, clean: false);
        }
    }
}
