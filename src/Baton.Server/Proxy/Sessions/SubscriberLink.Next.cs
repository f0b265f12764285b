using Baton.Protocol.Subscriptions;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <content>The link to the shard's target: made, subscribed, aligned with the one in use, taken for it.</content>
internal sealed partial class SubscriberLink
{
    private void Connect(MessageSeam seam, ShardTarget target, Action<ShardLink?> connected)
    {
        _lease = new LinkLease(
            _shard,
            3,
            0,
            (link, _) =>
            {
                if (_closed || _seam != seam)
                {
                    if (link is not null)
                    {
                        _shard.Dedicated.Return(link, clean: false);
                    }

                    return;
                }

                _lease = null;
                _next = link;
                if (link is not null)
                {
                    link.Owner = this;
                    _nextAwaited = SubscribeAll(link);
                }

                connected(link);
                if (link is not null && _nextAwaited == 0)
                {
                    Subscribed();
                }
            },
            target) { Replaces = true };
        _lease.Start();
    }

    private int SubscribeAll(ShardLink link)
    {
        int count = 0;
        foreach (SubscriptionKind kind in Enum.GetValues<SubscriptionKind>())
        {
            List<byte[]> names = [.. _subscriptions.NamesOn(_shard, kind)];
            if (names.Count > 0)
            {
                count += names.Count;
                Write(link, kind, subscribe: true, names);
            }
        }

        return count;
    }

    /// <summary>The new link is subscribed to everything.</summary>
    private void Subscribed()
    {
        if (_seam!.IsReady)
        {
            BecomeReady();
        }

        Call(ref _whenSubscribed);
    }

    private void Marked(ShardLink link)
    {
        if (_seam is not { IsReady: false } seam)
        {
            return;
        }

        if (link == _link)
        {
            seam.OldMark();
        }
        else
        {
            seam.NewMark();
        }

        if (seam.IsReady)
        {
            Write(_link, SubscriptionKind.Channel, subscribe: false, [_mark!]);
            Write(_next!, SubscriptionKind.Channel, subscribe: false, [_mark!]);
            BecomeReady();
        }
    }

    private void BecomeReady()
    {
        _shard.FirstPassengers.Remove(this);
        _shard.Passengers.Add(this);
        Call(ref _whenMarked);
    }

    /// <summary>What was made ready is of no use, or was not to be had.</summary>
    private void DropNext()
    {
        if (_seam is { IsReady: false } && _mark is not null && _next is not null && _link.State == LinkState.Ready)
        {
            Write(_link, SubscriptionKind.Channel, subscribe: false, [_mark]);
        }

        if (_next?.Owner == this)
        {
            GiveBack(_next);
        }

        (_next, _seam, _mark, _nextAwaited) = (null, null, null, 0);
        LinkLease? lease = _lease;
        _lease = null;
        lease?.Cancel();
        if (!_closed)
        {
            _shard.Passengers.Remove(this);
            _shard.FirstPassengers.Add(this);
        }

        Call(ref _whenSubscribed);
        Call(ref _whenMarked);
    }

    private void GiveBack(ShardLink link)
    {
        if (_shard.Support.Capabilities.SafeUnsubscribing || link.Target != _shard.Target || link.State != LinkState.Ready)
        {
            _shard.Dedicated.Return(link, clean: false);
            return;
        }

        IEnumerable<(SubscriptionKind Kind, List<byte[]> Names)> subscribed = Enum.GetValues<SubscriptionKind>()
            .Select(kind => (kind, _subscriptions.NamesOn(_shard, kind).ToList()));
        LeavingSubscriber.Start(_shard, link, [.. subscribed.Where(static each => each.Names.Count > 0)]);
    }

    private void Drain(Action done)
    {
        _whenCarried += done;
        if (_draining)
        {
            return;
        }

        _draining = true;
        if (_link.State == LinkState.Ready)
        {
            _link.Send("*1\r\n$4\r\nPING\r\n"u8, new FrameSink((_, _) => UseNext()));
        }
        else
        {
            UseNext();
        }
    }

    private void UseNext()
    {
        if (!_draining || _closed || _next is not { } next || _seam is not { } seam)
        {
            return;
        }

        _draining = false;
        if (_link.Owner == this)
        {
            _shard.Dedicated.Return(_link, clean: false);
        }

        (_link, _next, _mark) = (next, null, null);
        _shard.Passengers.Remove(this);
        _shard.FirstPassengers.Add(this);
        foreach (byte[] frame in seam.Drain())
        {
            _session.Push(frame);
        }

        _seam = seam.IsOver ? null : seam;
        Settle();
    }
}
