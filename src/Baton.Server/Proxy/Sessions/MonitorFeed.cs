using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// MONITOR of one shard: a link whose lines are passed on as they are. When the shard moves:
/// <code>
/// before the hold   a link to the target, MONITOR; its lines are those of the copy, and are dropped
/// in the hold       one ECHO for all of a loop: what the target shows behind it is new. (A link that was not made ready in time is made now.)
/// after it          old link: PING; what comes before PONG is delivered, then the new link's; the old one is dropped
/// </code>
/// Belongs to its loop's thread.
/// </summary>
internal sealed class MonitorFeed : IPreparedPassenger, ILinkOwner
{
    /// <summary>Lines of the new master that wait for the old one's last; then they are shown without.</summary>
    private const int MostAhead = 4096;

    private readonly ClientSession _session;
    private readonly Monitoring _monitoring;
    private readonly LoopShard _shard;
    private readonly Queue<byte[]> _ahead = new();
    private ShardLink? _link;
    private ShardLink? _next;
    private LinkLease? _lease;
    private byte[]? _mark;
    private Action? _whenReady;
    private Action? _whenCarried;
    private bool _isMarked;
    private bool _closed;

    public MonitorFeed(ClientSession session, Monitoring monitoring, ShardLink link)
    {
        (_session, _monitoring, _shard) = (session, monitoring, link.Shard);
        _shard.FirstPassengers.Add(this);
        Use(link);
    }

    private static ReadOnlySpan<byte> Ask => "*1\r\n$7\r\nMONITOR\r\n"u8;

    private bool IsBehind => !_closed && _link?.Target != _shard.Target;

    /// <summary>The client has its OK: lines may come.</summary>
    public void Begin() => _link?.Send(Ask, DiscardSink.Instance);

    /// <summary>The session ends or is RESET.</summary>
    public void Close()
    {
        if (!_closed)
        {
            _closed = true;
            DropNext();
            _shard.FirstPassengers.Remove(this);
            GiveBack(ref _link);
            Call(ref _whenCarried);
        }
    }

    /// <inheritdoc/>
    public void MakeReady(ShardTarget target, byte[]? mark, Action subscribed, Action marked)
    {
        subscribed(); // No mark need be published for it.
        DropNext();
        if (_closed || IsBehind || !_monitoring.IsOn || _link?.Target == target)
        {
            marked();
            return;
        }

        (_whenReady, _mark) = (marked, mark);
        _lease = new LinkLease(_shard, 2, 0, (link, _) =>
        {
            _lease = null;
            if (link is null)
            {
                DropNext();
                return;
            }

            _next = link;
            link.Owner = this;
            link.Send(Ask, new FrameSink((frame, lost) => Monitors(link, isRefused: lost || Frames.IsError(frame))));
        }, target) { Replaces = true };
        _lease.Start();
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
            return;
        }

        _whenCarried += done;
        if (_next is { State: LinkState.Ready } next && next.Target == shard.Target && _whenReady is null)
        {
            // The answers show how far each is; a line cannot be taken for one. (The ECHO may have been lost.)
            next.Output.Append("*1\r\n$4\r\nPING\r\n"u8);
            if (_link is { State: LinkState.Ready } old)
            {
                old.Output.Append("*1\r\n$4\r\nPING\r\n"u8);
            }
            else
            {
                UseNext();
            }

            return;
        }

        DropNext();
        GiveBack(ref _link);
        _lease = new LinkLease(shard, 2, 0, (link, _) =>
        {
            _lease = null;
            if (_closed || link is null)
            {
                Lost();
            }
            else
            {
                Use(link);
            }

            Call(ref _whenCarried);
        }) { Replaces = true };
        _lease.Start();
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        _shard.Dedicated.NoteLost(link);
        if (link == _next)
        {
            _next = null;
            bool isMissed = IsBehind;
            DropNext();
            if (isMissed)
            {
                Lost();
            }
        }
        else if (link == _link)
        {
            _link = null;
            if (_next is not null && link.Target != _shard.Target)
            {
                // The old master ends after the new one has taken over: what it still had to say is lost with it.
                UseNext();
            }
            else
            {
                Lost();
            }
        }
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
        bool isPong = frame.StartsWith("+PONG"u8);
        if (link == _link && isPong && IsBehind)
        {
            UseNext();
        }
        else if (link == _next && (isPong || !_isMarked))
        {
            _isMarked = isPong || (_mark is { } mark && SeamMarks.IsIn(frame) && frame.IndexOf(mark) >= 0);
        }
        else if (!isPong && !SeamMarks.IsIn(frame) && MonitorLine.ForClient(frame, _session.LocalAddress, link.Target?.Address) is { Length: > 0 } line)
        {
            Show(link, line);
        }
    }

    private void Show(ShardLink link, ReadOnlySpan<byte> line)
    {
        if (link == _link)
        {
            _session.Push(line);
        }
        else if (link == _next)
        {
            _ahead.Enqueue(line.ToArray());
            if (_ahead.Count > MostAhead)
            {
                UseNext();
            }
        }
    }

    /// <summary>The target shows what it carries out, or will not.</summary>
    private void Monitors(ShardLink link, bool isRefused)
    {
        if (link != _next)
        {
            return;
        }

        if (isRefused)
        {
            DropNext();
        }
        else if (!IsBehind)
        {
            _shard.FirstPassengers.Remove(this);
            _shard.Passengers.Add(this);
            Call(ref _whenReady);
        }
    }

    /// <summary>The old link has shown all it will ever show.</summary>
    private void UseNext()
    {
        if (_next is not { } next)
        {
            return;
        }

        _next = null;
        GiveBack(ref _link);
        _link = next;
        _mark = null;
        _isMarked = false;
        _shard.Passengers.Remove(this);
        _shard.FirstPassengers.Add(this);
        while (_ahead.TryDequeue(out byte[]? line))
        {
            _session.Push(line);
        }

        Call(ref _whenCarried);
    }

    private void DropNext()
    {
        LinkLease? lease = _lease;
        _lease = null;
        lease?.Cancel();
        GiveBack(ref _next);
        (_mark, _isMarked) = (null, false);
        _ahead.Clear();
        if (_shard.Passengers.Remove(this) && !_closed)
        {
            _shard.FirstPassengers.Add(this);
        }

        Call(ref _whenReady);
    }

    private void Lost()
    {
        if (!_closed)
        {
            _session.Close(CloseReason.UpstreamLost);
        }

        Call(ref _whenCarried);
    }

    private void GiveBack(ref ShardLink? link)
    {
        ShardLink? given = link;
        link = null;
        if (given?.Owner == this)
        {
            _shard.Dedicated.Return(given, clean: false);
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

    private static void Call(ref Action? action)
    {
        Action? called = action;
        action = null;
        called?.Invoke();
    }
}
