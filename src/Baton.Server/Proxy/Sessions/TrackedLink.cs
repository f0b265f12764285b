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
    private InvalidationLink? _invalidations;
    private InvalidationLink? _nextInvalidations;
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

    /// <summary>There is a link for invalidations that are redirected.</summary>
    public bool HasInvalidations => _invalidations is not null;

    /// <summary>It is on a master that the shard has left.</summary>
    public bool IsBehind => !_closed && Link.Target != _shard.Target;

    /// <summary>A link of RESP3 to the same engine, for invalidations that are redirected.</summary>
    public void AddInvalidations(ShardLink link) => _invalidations = new InvalidationLink(_session, _tracking, link);

    /// <summary>Asks the engine to track what is read over the link.</summary>
    public void Ask(TrackingOptions wish, FrameSink.FrameReceiver answered) => Ask(Link, _invalidations, wish, answered);

    /// <summary>The link goes on without it; false when it has ended.</summary>
    public bool TryLeave()
    {
        bool isOpen = !_closed && Link.State == LinkState.Ready;
        if (isOpen)
        {
            _closed = true;
            _shard.Passengers.Remove(this);
            _invalidations?.Close();
            _nextInvalidations?.Close();
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
            _invalidations?.Close();
            _nextInvalidations?.Close();
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
        Lease(_session.State.Protocol, _session.State.Database, link =>
        {
            _next = link;
            link.Owner = this;
            if (_tracking.Target is null)
            {
                TrackAgain(link);
                return;
            }

            Lease(protocol: 3, database: 0, told =>
            {
                _nextInvalidations = new InvalidationLink(_session, _tracking, told);
                TrackAgain(link);
            });
        });
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        _shard.Dedicated.NoteLost(link);
        if ((link == Link || link == _next) && !_closed && link.Target == _shard.Target)
        {
            // (The one that is lost is no longer owned, and not returned.)
            link.Owner = _shard.Dedicated;
            Close();
            _session.Close(CloseReason.UpstreamLost);
        }
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
        // (HELLO 2 may have been said since, and RESP2 has no pushes. That the link for redirected invalidations has ended is the proxy's own doing.)
        if ((link == Link || link == _next) && _session.State.Protocol == 3 && frame.StartsWith(TrackingTarget.PushHead))
        {
            _session.PushBehind(link.LastPlace, frame);
        }
    }

    private static void Ask(ShardLink link, InvalidationLink? invalidations, TrackingOptions wish, FrameSink.FrameReceiver answered)
    {
        OutputBuffer command = new(static _ => { });
        wish.Write(command, wish.Redirect is null ? null : invalidations?.EngineId);
        link.Send(command.Pending, new FrameSink(answered));
        command.Release();
    }

    private void Lease(int protocol, int database, Action<ShardLink> use)
    {
        _lease = new LinkLease(_shard, protocol, database, (link, _) =>
        {
            _lease = null;
            if (_closed || link is null)
            {
                Settle(CloseReason.UpstreamLost);
            }
            else
            {
                use(link);
            }
        }) { Replaces = true };
        _lease.Start();
    }

    private void TrackAgain(ShardLink link) => Ask(link, _nextInvalidations, _tracking.Options!, (frame, lost) =>
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
    });

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
        _session.State.Dress.PutOn(next);
        InvalidationLink? told = _nextInvalidations;
        _nextInvalidations = null;
        if (told is not null)
        {
            _invalidations?.Close();
            _invalidations = told;
        }

        if (_tracking.Target is { } target)
        {
            target.Tell(InvalidateAll);
        }
        else if (_session.State.Protocol == 3)
        {
            _session.PushBehind(last, InvalidateAll);
        }

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
