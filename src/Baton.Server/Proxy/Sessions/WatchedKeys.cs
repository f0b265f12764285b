using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// A session's live WATCH: the dedicated link that holds it, and the commands to repeat it elsewhere. When the shard moves, an empty
/// MULTI EXEC on
/// the old link tells whether a key has changed: <c>*0</c> no, then the keys are watched on the new master; null (or anything else)
/// yes, then the
/// session's EXEC will answer null. (On a tracked link it does not travel: EXEC answers null after a switch.) Belongs to its loop's thread.
/// </summary>
internal sealed class WatchedKeys : IShardPassenger, ILinkOwner
{
    private readonly ClientSession _session;
    private readonly OutputBuffer _commands = new(static _ => { });
    private readonly bool _ownsLink;
    private int _commandCount;
    private LinkLease? _lease;
    private bool _over;

    /// <summary>Watches on a link taken for it, or (<paramref name="ownsLink"/> false) on the session's tracked link, which it only uses.</summary>
    public WatchedKeys(ClientSession session, LoopShard shard, ShardLink link, bool ownsLink)
    {
        (_session, Shard, Link, _ownsLink) = (session, shard, link, ownsLink);
        if (ownsLink)
        {
            link.Owner = this;
        }

        shard.Passengers.Add(this);
    }

    /// <summary>Where the keys are.</summary>
    public LoopShard Shard { get; }

    /// <summary>The link that watches.</summary>
    public ShardLink Link { get; private set; }

    /// <summary>Keys watched.</summary>
    public int Count { get; private set; }

    /// <summary>The WATCH could not be kept: EXEC answers null.</summary>
    public bool IsLost { get; private set; }

    /// <summary>EXEC has been sent: once it is answered, the link is given back.</summary>
    public bool IsEnding { get; set; }

    /// <summary>One more WATCH command, for repeating it.</summary>
    public void Add(ReadOnlySpan<byte> command, int keys)
    {
        _commands.Append(command);
        _commandCount++;
        Count += keys;
    }

    /// <summary>It is over. <paramref name="clean"/>: EXEC has ended it on the engine too, the link can serve others.</summary>
    public void Drop(bool clean)
    {
        if (_over)
        {
            return;
        }

        _over = true;
        _lease?.Cancel();
        _commands.Release();
        Shard.Passengers.Remove(this);
        if (!IsLost && _ownsLink)
        {
            Shard.Dedicated.Return(Link, clean);
        }
        else if (!IsLost && !clean)
        {
            Link.Send("*1\r\n$7\r\nUNWATCH\r\n"u8, DiscardSink.Instance);
        }
    }

    /// <summary>It cannot be kept.</summary>
    public void Lose()
    {
        if (!IsLost && !_over)
        {
            IsLost = true;
            if (_ownsLink)
            {
                Shard.Dedicated.Return(Link, clean: false);
            }
        }
    }

    void IShardPassenger.OnSwitch(LoopShard shard, Action done)
    {
        if (IsLost || !_ownsLink || Link.State != LinkState.Ready)
        {
            Lose();
            done();
            return;
        }

        int replies = 0;
        FrameSink sink = new((frame, lost) =>
        {
            if (++replies < 2)
            {
                return;
            }

            if (_over || lost || !frame.SequenceEqual("*0\r\n"u8))
            {
                Lose();
                done();
            }
            else
            {
                WatchAgain(done);
            }
        });
        Link.Send("*1\r\n$5\r\nMULTI\r\n*1\r\n$4\r\nEXEC\r\n"u8, sink, 2);
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        if (link == Link && !_over && !IsLost)
        {
            IsLost = true;
            Shard.Dedicated.NoteLost(link);
        }
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
    }

    private void WatchAgain(Action done)
    {
        Shard.Dedicated.Return(Link, clean: false);
        IsLost = true;
        _lease = new LinkLease(Shard, _session.State.Protocol, _session.State.Database, (link, _) =>
        {
            _lease = null;
            if (link is null)
            {
                done();
                return;
            }

            Link = link;
            link.Owner = this;
            IsLost = false;
            int open = _commandCount;
            link.Send(_commands.Pending, new FrameSink((_, lost) =>
            {
                if (lost && !IsLost)
                {
                    Lose();
                }

                if (--open == 0)
                {
                    done();
                }
            }), _commandCount);
        });
        _lease.Start();
    }
}
