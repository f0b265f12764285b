using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Upstream;

/// <summary>
/// The way of ordinary commands of one loop to one shard in one protocol version and database number. Holds the current link and
/// swaps it; keeps
/// commands while there is none, so that a connect, or a shard that moves, costs a wait and not an error. Belongs to its loop's thread.
/// </summary>
internal sealed class SharedLane : ILinkOwner, IUpstream
{
    /// <summary>Pause between two tries to connect.</summary>
    private const int RetryMs = 20;

    private readonly LoopShard _shard;
    private readonly bool _ignoresHold;
    /// <summary>Links that are left to their large replies at the same time; beyond that one waits as on any connection.</summary>
    private const int MaxDiverted = 4;

    private readonly OutputBuffer _backlog = new();
    private readonly List<ShardLink> _diverted = [];
    private readonly PendingReplies _backlogReplies = new();
    private ShardLink? _link;
    private readonly LaneCheck _check;
    private IDisposable? _retry;
    private long _giveUpMs = -1;
    private bool _keptBeforeMove;

    public SharedLane(LoopShard shard, int protocol, int database, bool ignoresHold = false)
    {
        (_shard, Protocol, Database, _ignoresHold) = (shard, protocol, database, ignoresHold);
        _check = new LaneCheck(shard, GiveUp);
    }

    /// <summary>2 or 3.</summary>
    public int Protocol { get; }

    /// <summary>The SELECTed database.</summary>
    public int Database { get; }

    /// <summary>The sink of the last reply asked for.</summary>
    public ReplySink? TailSink => _backlogReplies.IsEmpty ? _link?.TailSink : _backlogReplies.TailSink;

    /// <summary>What it kept before the shard moved has not been looked at for keys that somebody behind claims: it goes when nobody is.</summary>
    private bool CanFlush => _ignoresHold || (_shard.Hold is null && !(_keptBeforeMove && _shard.AllLoops.Claims.AnyBehind));

    /// <summary>Sends whole commands, now or when there is a link. Never called by a session while the shard is held.</summary>
    public void Send(ReadOnlySpan<byte> commands, ReplySink sink, int replies = 1)
    {
        if (_link is { State: LinkState.Ready } link && _backlogReplies.IsEmpty)
        {
            link.Send(commands, sink, replies);
            _check.NoteUse(link);
            return;
        }

        _backlog.Append(commands);
        _backlogReplies.Enqueue(sink, replies);
        Connect();
    }

    /// <inheritdoc/>
    public void Send(OutputBuffer commands, ReplySink sink, int replies)
    {
        if (_link is { State: LinkState.Ready } link && _backlogReplies.IsEmpty)
        {
            link.Send(commands, sink, replies);
            return;
        }

        commands.MoveTo(_backlog);
        _backlogReplies.Enqueue(sink, replies);
        Connect();
    }

    /// <summary>The reply to the last command will probably be large.</summary>
    public void ExpectLarge()
    {
        if (_backlogReplies.IsEmpty)
        {
            _link?.ExpectLarge();
        }
    }

    /// <summary>What is sent now would wait behind a large reply or command, and there is another way.</summary>
    public bool IsCongested => _link is { IsCongested: true } && _backlogReplies.IsEmpty && _diverted.Count < MaxDiverted;

    /// <summary>
    /// Leaves the link to the large reply or command on it and goes on with another. Sessions that wait for replies of the old one send nothing until
    /// they have them, so that each one's commands are executed in their order. Called by a session that waits for none.
    /// </summary>
    public void Divert()
    {
        ShardLink old = _link!;
        _diverted.Add(old);
        Leave(old, "a large reply or command is on it");
        Connect();
    }

    private void Leave(ShardLink old, string why)
    {
        old.ForEachWaiting(static sink => (sink.Slot?.Queue?.Owner as ClientSession)?.WaitFor(SessionWait.Barrier));
        _link = null;
        old.Retire(why);
    }

    /// <summary>The shard has another target: the old link ends, commands kept go to the new one.</summary>
    public void Retarget()
    {
        ShardLink? old = _link;
        _keptBeforeMove = !_backlogReplies.IsEmpty;
        _link = null;
        _giveUpMs = -1;
        _retry?.Dispose();
        _retry = null;
        _check.Stop();
        old?.Retire("the shard is served elsewhere");
        if (old is not null || !_backlogReplies.IsEmpty)
        {
            Connect();
        }
    }

    /// <summary>The hold is over: what was kept may go.</summary>
    public void OnReleased()
    {
        if (!_backlogReplies.IsEmpty)
        {
            Flush();
        }
    }

    /// <summary>The database or the server ends.</summary>
    public void Close(string detail)
    {
        _retry?.Dispose();
        _check.Stop();
        _link?.Close(CloseReason.ServerStopping, detail);
        _backlog.Release();
        _backlogReplies.Fail("ERR " + detail);
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
        if (link == _link)
        {
            _giveUpMs = -1;
            Flush();
        }
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        _diverted.Remove(link);
        if (link != _link)
        {
            return;
        }

        _link = null;
        if (_backlogReplies.IsEmpty)
        {
            _giveUpMs = -1;
            return;
        }

        if (_giveUpMs >= 0 && _shard.Loop.Io.NowMs >= _giveUpMs && CanFlush)
        {
            _giveUpMs = -1;
            _backlog.Release();
            _backlogReplies.Fail($"ERR upstream cannot be reached ({detail}); the command was not executed");
            return;
        }

        _retry ??= _shard.Loop.Io.At(_shard.Loop.Io.NowMs + RetryMs, Reconnect);
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
        if (frame[0] != (byte)'>')
        {
            link.Close(CloseReason.ProtocolError, "the engine sent a reply nobody asked for");
        }
    }

    /// <summary>The engine takes the link for something else than it is: what comes goes on another.</summary>
    private void GiveUp(ShardLink link, string why)
    {
        _shard.Loop.NoteChangedLane(_shard, why);
        if (link == _link)
        {
            Leave(link, why);
        }
        else
        {
            link.Retire(why);
        }
    }

    private void Reconnect()
    {
        _retry = null;
        Connect();
    }

    private void Connect()
    {
        if (_link is not null || _retry is not null)
        {
            return;
        }

        if (_giveUpMs < 0)
        {
            _giveUpMs = _shard.Loop.Io.NowMs + _shard.Database.HandshakeTimeoutMs;
        }

        _link = ShardLink.Open(_shard, this, Protocol, Database, dedicated: false);
        if (_link.State == LinkState.Closed)
        {
            ((ILinkOwner)this).OnLinkClosed(_link, CloseReason.UpstreamLost, "refused at once");
        }
    }

    private void Flush()
    {
        if (_link is { State: LinkState.Ready } link && CanFlush)
        {
            _keptBeforeMove = false;
            _shard.Tap?.RecordKept(Database, _backlog.Pending);
            link.SendBacklog(_backlog, _backlogReplies);
            _check.NoteUse(link);
        }
        else if (_link is null)
        {
            Connect();
        }
    }
}
