using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// MONITOR of one shard: a link whose lines are passed on as they are; asked again on the new master when the shard moves. Belongs to its
/// loop's thread.
/// </summary>
internal sealed class MonitorFeed : IShardPassenger, ILinkOwner
{
    private readonly ClientSession _session;
    private readonly Monitoring _monitoring;
    private readonly LoopShard _shard;
    private ShardLink? _link;
    private LinkLease? _lease;
    private bool _closed;

    public MonitorFeed(ClientSession session, Monitoring monitoring, ShardLink link)
    {
        (_session, _monitoring, _shard) = (session, monitoring, link.Shard);
        _shard.FirstPassengers.Add(this);
        Use(link);
    }

    /// <summary>The client has its OK: lines may come.</summary>
    public void Begin() => _link?.Send("*1\r\n$7\r\nMONITOR\r\n"u8, DiscardSink.Instance);

    /// <summary>The session ends or is RESET.</summary>
    public void Close()
    {
        if (!_closed)
        {
            _closed = true;
            _lease?.Cancel();
            _shard.FirstPassengers.Remove(this);
            if (_link is { } link)
            {
                _link = null;
                _shard.Dedicated.Return(link, clean: false);
            }
        }
    }

    void IShardPassenger.OnSwitch(LoopShard shard, Action done)
    {
        if (_link is { } old)
        {
            _link = null;
            _shard.Dedicated.Return(old, clean: false);
        }

        _lease = new LinkLease(shard, 2, 0, (link, _) =>
        {
            _lease = null;
            if (_closed)
            {
                done();
                return;
            }

            if (link is null)
            {
                _session.Close(CloseReason.UpstreamLost);
            }
            else
            {
                Use(link);
            }

            done();
        });
        _lease.Start();
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        if (link == _link)
        {
            _link = null;
            _shard.Dedicated.NoteLost(link);
            _session.Close(CloseReason.UpstreamLost);
        }
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
        if (MonitorLine.ForClient(frame, _session.LocalAddress) is { Length: > 0 } line)
        {
            _session.Push(line);
        }
    }

    private void Use(ShardLink link)
    {
        _link = link;
        link.Owner = this;
        if (_monitoring.IsOn)
        {
            Begin();
        }
    }
}
