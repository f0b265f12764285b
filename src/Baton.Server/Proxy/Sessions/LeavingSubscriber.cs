using Baton.Protocol.Resp;
using Baton.Protocol.Subscriptions;
using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// A link whose subscriber has gone, on an engine where that is not safe at any time: it unsubscribes when nothing is published
/// (<see cref="PublishGate"/>), and then ends. Belongs to its loop's thread.
/// </summary>
internal sealed class LeavingSubscriber : ILinkOwner
{
    private readonly LoopShard _shard;
    private readonly ShardLink _link;
    private readonly List<(SubscriptionKind Kind, List<byte[]> Names)> _subscribed;
    private IDisposable? _limit;
    private int _awaited;
    private PublishGate.Leaving? _turn;
    private bool _isOver;

    private LeavingSubscriber(LoopShard shard, ShardLink link, List<(SubscriptionKind Kind, List<byte[]> Names)> subscribed) =>
        (_shard, _link, _subscribed) = (shard, link, subscribed);

    /// <summary>Takes over the link.</summary>
    public static void Start(LoopShard shard, ShardLink link, List<(SubscriptionKind Kind, List<byte[]> Names)> subscribed)
    {
        LeavingSubscriber leaving = new(shard, link, subscribed);
        link.Owner = leaving;
        shard.AllLoops.Publishing.Leave(shard.Loop, leaving.Leave);
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        _shard.Dedicated.NoteLost(link);
        Finish();
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
        // What is published until then concerns nobody.
        RespReader reader = new(frame);
        if (_turn is not null && (frame[0] == (byte)'-' || (reader.Read() && reader.Read() && reader.Value.EndsWith("unsubscribe"u8))) && --_awaited == 0)
        {
            End();
        }
    }

    private void Leave(PublishGate.Leaving turn)
    {
        _turn = turn;
        if (_isOver)
        {
            turn.End();
            return;
        }

        foreach ((SubscriptionKind kind, List<byte[]> names) in _subscribed)
        {
            _awaited += names.Count;
            SubscriberLink.Write(_link, kind, subscribe: false, names);
        }

        if (_awaited == 0)
        {
            End();
        }
        else
        {
            _limit = _shard.Loop.Io.At(_shard.Loop.Io.NowMs + PublishGate.LimitMs, End);
        }
    }

    private void End()
    {
        if (!_isOver)
        {
            _shard.Dedicated.Return(_link, clean: false);
            Finish();
        }
    }

    private void Finish()
    {
        _isOver = true;
        _limit?.Dispose();
        _turn?.End();
    }
}
