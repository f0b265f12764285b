using Baton.Protocol.Resp;
using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// A session's RESP3 link for messages from one shard. When the shard moves:
/// <code>
/// new link: SUBSCRIBE all, confirmed  ->  old link: PING, what comes before PONG is delivered  ->  old dropped, new delivers
/// </code>
/// so no message is lost or doubled. Belongs to its loop's thread.
/// </summary>
internal sealed class SubscriberLink : IShardPassenger, ILinkOwner
{
    private readonly ClientSession _session;
    private readonly Subscriptions _subscriptions;
    private readonly LoopShard _shard;
    private readonly OutputBuffer _early = new(static _ => { });
    private ShardLink _link;
    private ShardLink? _next;
    private LinkLease? _lease;
    private Action? _switched;
    private int _nextAwaited;
    private bool _closed;

    public SubscriberLink(ClientSession session, Subscriptions subscriptions, LoopShard shard, ShardLink link)
    {
        (_session, _subscriptions, _shard, _link) = (session, subscriptions, shard, link);
        link.Owner = this;
        shard.Passengers.Add(this);
    }

    /// <summary>Sends <c>VERB name ...</c>; the engine confirms each name with a frame of its own.</summary>
    public void Send(string verb, IReadOnlyList<byte[]> names) => Write(_link, verb, names);

    /// <summary>The session needs it no more.</summary>
    public void Close()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _lease?.Cancel();
        _early.Release();
        _shard.Passengers.Remove(this);
        _shard.Dedicated.Return(_link, clean: false);
        if (_next is { } next)
        {
            _shard.Dedicated.Return(next, clean: false);
        }

        Settle();
    }

    void IShardPassenger.OnSwitch(LoopShard shard, Action done)
    {
        _switched = done;
        _lease = new LinkLease(shard, 3, 0, (link, _) =>
        {
            _lease = null;
            if (_closed)
            {
                return;
            }

            if (link is null)
            {
                _session.Close(CloseReason.UpstreamLost);
                Settle();
                return;
            }

            _next = link;
            link.Owner = this;
            foreach (SubscriptionKind kind in Enum.GetValues<SubscriptionKind>())
            {
                List<byte[]> names = [.. _subscriptions.NamesOn(_shard, kind)];
                if (names.Count > 0)
                {
                    _nextAwaited += names.Count;
                    Write(link, kind switch { SubscriptionKind.Channel => "subscribe", SubscriptionKind.Pattern => "psubscribe", _ => "ssubscribe" }, names);
                }
            }

            if (_nextAwaited == 0)
            {
                DrainOld();
            }
        });
        _lease.Start();
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        if (_closed)
        {
            return;
        }

        _shard.Dedicated.NoteLost(link);
        if (link == _link && _next is not null)
        {
            // The old master went down after the new one had taken over: what it still had to say is lost with it.
            return;
        }

        // Messages would be missed in silence; a client that is cut off knows.
        _closed = true;
        _shard.Passengers.Remove(this);
        _session.Close(CloseReason.UpstreamLost);
        Settle();
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
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

        if (reader.Value.EndsWith("message"u8))
        {
            Deliver(link, frame);
        }
        else if (reader.Value.EndsWith("subscribe"u8))
        {
            Confirmed(link, default);
        }
    }

    private static void Write(ShardLink link, string verb, IReadOnlyList<byte[]> names)
    {
        // No reply is expected: RESP3 confirms by pushes (and Garnet by arrays, one per name, which nothing else can be).
        RespWriter.WriteArrayHeader(link.Output, names.Count + 1);
        RespWriter.WriteBulk(link.Output, verb);
        foreach (byte[] name in names)
        {
            RespWriter.WriteBulk(link.Output, name);
        }
    }

    private void Confirmed(ShardLink link, ReadOnlySpan<byte> error)
    {
        if (link == _link)
        {
            _subscriptions.OnConfirmed(error);
        }
        else if (--_nextAwaited == 0)
        {
            DrainOld();
        }
    }

    private void DrainOld()
    {
        if (_link.State != LinkState.Ready)
        {
            UseNext();
            return;
        }

        _link.Send("*1\r\n$4\r\nPING\r\n"u8, new FrameSink((_, _) => UseNext()));
    }

    private void UseNext()
    {
        if (_closed || _next is not { } next)
        {
            return;
        }

        if (_link.State == LinkState.Ready)
        {
            _shard.Dedicated.Return(_link, clean: false);
        }

        _link = next;
        _next = null;
        if (_early.Length > 0)
        {
            _session.Push(_early.Pending);
            _early.Release();
        }

        Settle();
    }

    private void Deliver(ShardLink link, ReadOnlySpan<byte> frame)
    {
        if (_session.State.Protocol == 3)
        {
            Pass(link, frame);
            return;
        }

        // RESP2 has no pushes: the same frame, as an array.
        byte[] array = frame.ToArray();
        array[0] = (byte)'*';
        Pass(link, array);
    }

    private void Pass(ShardLink link, ReadOnlySpan<byte> frame)
    {
        if (link == _link)
        {
            _session.Push(frame);
        }
        else
        {
            _early.Append(frame);
        }
    }

    private void Settle()
    {
        Action? switched = _switched;
        _switched = null;
        switched?.Invoke();
    }
}
