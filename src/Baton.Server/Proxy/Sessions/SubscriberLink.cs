using Baton.Protocol.Subscriptions;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// A session's RESP3 link for messages from one shard. When the shard moves:
/// <code>
/// before the hold   a link to the target: SUBSCRIBE all, confirmed; both hear a mark (MessageSeam)
/// in the hold       nothing; only a link that was not made ready in time is made now, without a mark, for nothing is published
/// after it          old link: PING; what comes before PONG is delivered, then the new link's; the old one is dropped
/// </code>
/// so no message is lost or doubled. Belongs to its loop's thread.
/// </summary>
internal sealed partial class SubscriberLink : IPreparedPassenger, ILinkOwner
{
    private readonly ClientSession _session;
    private readonly Subscriptions _subscriptions;
    private readonly LoopShard _shard;
    private ShardLink _link;
    private ShardLink? _next;
    private MessageSeam? _seam;
    private byte[]? _mark;
    private LinkLease? _lease;
    private Action? _whenSubscribed;
    private Action? _whenMarked;
    private Action? _whenCarried;
    private int _nextAwaited;
    private PublishGate.Leaving? _leaving;
    private int _leavingAwaited;
    private bool _draining;
    private bool _closed;

    public SubscriberLink(ClientSession session, Subscriptions subscriptions, LoopShard shard, ShardLink link)
    {
        (_session, _subscriptions, _shard, _link) = (session, subscriptions, shard, link);
        link.Owner = this;
        shard.FirstPassengers.Add(this);
    }

    private bool IsBehind => !_closed && _link.Target != _shard.Target;

    /// <summary>Sends <c>VERB name ...</c>; the engine confirms each name with a frame of its own.</summary>
    public void Send(SubscriptionKind kind, bool subscribe, IReadOnlyList<byte[]> names)
    {
        if (subscribe || _shard.Support.Capabilities.SafeUnsubscribing)
        {
            Change(kind, subscribe, names);
            return;
        }

        _shard.AllLoops.Publishing.Leave(_shard.Loop, turn =>
        {
            if (_closed)
            {
                turn.End();
                return;
            }

            (_leaving, _leavingAwaited) = (turn, names.Count);
            Change(kind, subscribe: false, names);
        });
    }

    private void Change(SubscriptionKind kind, bool subscribe, IReadOnlyList<byte[]> names)
    {
        if (!IsBehind)
        {
            // The two would not hear the same from here on; it is made ready again.
            DropNext();
        }

        Write(IsBehind && _next is { } next ? next : _link, kind, subscribe, names);
    }

    /// <summary>The session needs it no more.</summary>
    public void Close()
    {
        if (!_closed)
        {
            End();
        }
    }

    /// <inheritdoc/>
    public void MakeReady(ShardTarget target, byte[]? mark, Action subscribed, Action marked)
    {
        Forget(target);
        if (_closed || IsBehind || _link.Target == target || _seam is not null)
        {
            subscribed();
            marked();
            return;
        }

        (_whenSubscribed, _whenMarked, _mark) = (subscribed, marked, mark);
        MessageSeam seam = _seam = new MessageSeam(repeats: mark is not null);
        Connect(seam, target, link =>
        {
            if (link is null)
            {
                DropNext();
            }
            else if (_mark is not null)
            {
                _nextAwaited += 2;
                Write(link, SubscriptionKind.Channel, subscribe: true, [_mark]);
                Write(_link, SubscriptionKind.Channel, subscribe: true, [_mark]);
            }
        });
    }

    /// <inheritdoc/>
    public void Forget(ShardTarget target)
    {
        if (!IsBehind && _next is { } next && next.Target != target)
        {
            DropNext();
        }
    }

    /// <inheritdoc/>
    public void OnSwitch(LoopShard shard, Action done)
    {
        if (!IsBehind)
        {
            done();
        }
        else if (_seam is { IsReady: true } && _nextAwaited == 0 && _next?.Target == _shard.Target)
        {
            Drain(done);
        }
        else
        {
            DropNext();
            _whenSubscribed = done;
            Connect(_seam = new MessageSeam(repeats: false), shard.Target, link =>
            {
                if (link is null && !_closed)
                {
                    _session.Close(CloseReason.UpstreamLost);
                    Settle();
                }
            });
        }
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        _shard.Dedicated.NoteLost(link);
        if (_closed || (link != _link && link != _next))
        {
            return;
        }

        if (link == _next && !IsBehind)
        {
            // The target is given up before it was the master.
            _next = null;
            DropNext();
        }
        else if (link != _link || _next is null || !IsBehind)
        {
            // Messages would be missed in silence; a client that is cut off knows. (An old master that goes down after the new one has taken over is
            // nothing of that kind: what it still had to say is lost with it.)
            End();
            _session.Close(CloseReason.UpstreamLost);
        }
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
        if (_closed || (link != _link && link != _next))
        {
            return;
        }

        if (frame[0] == (byte)'-')
        {
            Confirmed(link, frame);
            return;
        }

        RespReader reader = new(frame);
        if (!reader.Read() || !reader.Read())
        {
            return;
        }

        bool isMessage = reader.Value.EndsWith("message"u8);
        if (!isMessage && !reader.Value.EndsWith("subscribe"u8))
        {
            return;
        }

        bool isPattern = reader.Value.StartsWith("pmessage"u8);
        bool isSubscribed = reader.Value.SequenceEqual("subscribe"u8);
        _ = reader.Read() && (!isPattern || reader.Read());
        if (!isMessage && SeamMarks.IsOne(reader.Value))
        {
            NextConfirmed(isSubscribed && reader.Value.SequenceEqual(_mark));
        }
        else if (!isMessage)
        {
            Confirmed(link, default);
        }
        else if (!SeamMarks.IsOne(reader.Value))
        {
            Take(link, frame, isEvent: reader.Value.StartsWith("__key"u8));
        }
        else if (!isPattern && _mark is { } mark && reader.Value.SequenceEqual(mark))
        {
            Marked(link);
        }
    }

    /// <summary>Writes <c>VERB name ...</c>.</summary>
    public static void Write(ShardLink link, SubscriptionKind kind, bool subscribe, IReadOnlyList<byte[]> names)
    {
        // No reply is expected: RESP3 confirms by pushes (and Garnet by arrays, one per name, which nothing else can be).
        RespWriter.WriteArrayHeader(link.Output, names.Count + 1);
        RespWriter.WriteBulk(link.Output, subscribe ? SubscriptionNames.Subscribe(kind) : SubscriptionNames.Unsubscribe(kind));
        foreach (byte[] name in names)
        {
            RespWriter.WriteBulk(link.Output, name);
        }
    }

    private void Confirmed(ShardLink link, ReadOnlySpan<byte> error)
    {
        if (link == _next && _nextAwaited > 0)
        {
            NextConfirmed(isExpected: true);
        }
        else if (link == _link || IsBehind)
        {
            EndLeaving(error.IsEmpty ? 1 : _leavingAwaited);
            _subscriptions.OnConfirmed(error);
        }
    }

    private void EndLeaving(int confirmed)
    {
        if (_leaving is { } turn && (_leavingAwaited -= confirmed) == 0)
        {
            _leaving = null;
            turn.End();
        }
    }

    /// <summary>One of the confirmations that the next link waits for.</summary>
    private void NextConfirmed(bool isExpected)
    {
        if (isExpected && _nextAwaited > 0 && --_nextAwaited == 0)
        {
            Subscribed();
        }
    }

    private void Take(ShardLink link, ReadOnlySpan<byte> frame, bool isEvent)
    {
        if (_session.State.Protocol == 2)
        {
            // RESP2 has no pushes: the same frame, as an array.
            byte[] array = frame.ToArray();
            array[0] = (byte)'*';
            frame = array;
        }

        if (_seam is not { } seam)
        {
            _session.Push(frame);
        }
        else if (link == _link && !seam.IsDrained)
        {
            seam.Old(isEvent);
            _session.Push(frame);
        }
        else if (seam.New(frame, isEvent))
        {
            _session.Push(frame);
        }
        else if (seam.IsOver)
        {
            _seam = null;
        }
    }

    private void End()
    {
        _closed = true;
        DropNext();
        _shard.Passengers.Remove(this);
        _shard.FirstPassengers.Remove(this);
        EndLeaving(_leavingAwaited);
        if (_link.Owner == this)
        {
            GiveBack(_link);
        }

        Settle();
    }

    private void Settle() => Call(ref _whenCarried);

    private static void Call(ref Action? action)
    {
        Action? called = action;
        action = null;
        called?.Invoke();
    }
}
