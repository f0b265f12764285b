using System.Globalization;
using Baton.Protocol.Resp;
using Baton.Server.Engines;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// One blocking command on its dedicated link.
/// <code>
/// Waiting --reply--> over (delivered)
/// Waiting --hold--> Recalled --"-UNBLOCKED"--> Suspended --switch, release--> Waiting (re-issued with the time left)
///                            --reply--> over (delivered: data had come first)
/// Waiting, Recalled --client gone--> Abandoned --reply--> over (swallowed)
/// </code>
/// It is always ended by CLIENT UNBLOCK, never by cutting the connection: an engine may have popped an element for it, and Garnet
/// would pop the next.
/// The UNBLOCK travels on another connection and may overtake the command, so it is repeated until the reply has come. Belongs to its
/// loop's thread.
/// </summary>
internal sealed class BlockedCall : ReplySink, IBlockedCommand, ILinkOwner
{
    private const int RepeatUnblockMs = 20;

    private readonly LoopShard _shard;
    private readonly BlockingTimeout _command;
    private readonly ReplySink _sink;
    private readonly Action _over;
    private readonly OutputBuffer _error = new(static _ => { });
    private readonly int _protocol;
    private readonly int _database;
    private ShardLink? _link;
    private LinkLease? _lease;
    private IDisposable? _repeat;
    private CallPhase _phase;
    private bool _clientAsked;
    private bool _started;
    private bool _unblockSent;

    private BlockedCall(ClientSession session, LoopShard shard, BlockingTimeout command, IReadOnlyList<byte[]> keys, ReplySink sink, Action over)
    {
        (_shard, _command, _sink, _over) = (shard, command, sink, over);
        (_protocol, _database) = (session.State.Protocol, session.State.Database);
        Keys = [.. keys.Select(key => new DatabaseKey(_database, key))];
        Number = session.Database.Share.NextBlockedNumber();
        shard.Blocked.Add(this);
    }

    private enum CallPhase
    {
        Waiting,
        Recalled,
        Suspended,
        Abandoned,
        Over,
    }

    /// <summary>Grows with every blocking command, over all loops of the database.</summary>
    public long Number { get; }

    /// <summary>What it waits for, where it matters who waited first: keys it would write.</summary>
    public IReadOnlyList<DatabaseKey> Keys { get; }

    /// <summary>It waits neither on the old master any more nor on the new one yet.</summary>
    public bool IsSuspended => _phase == CallPhase.Suspended;

    /// <summary>The engine's id of the connection it has been sent on and not been answered on; 0 = none.</summary>
    public long WaitingClientId => _phase == CallPhase.Waiting && _link is { } link ? link.ClientId : 0;

    /// <summary>Replies it is still owed by the engine.</summary>
    public int Owed => _link is { State: LinkState.Ready } link ? (int)(link.Sent - link.Answered) : 0;

    /// <summary>Sends the command and makes the session wait.</summary>
    public static void Start(ClientSession session, ShardLink link, ReadOnlySpan<byte> bytes, BlockingTimeout command, IReadOnlyList<byte[]> keys)
    {
        StreamSlot slot = session.SlotBehind(null);
        slot.Expect(bytes.Length);
        session.Database.Share.CountBlocked(1);
        BlockedCall call = new(session, link.Shard, command, keys, slot, () =>
        {
            session.Database.Share.CountBlocked(-1);
            session.EndBlocked();
        });
        session.BeginBlocked(call);
        call.Issue(link, bytes);
    }

    /// <summary>One shard's part of a command that waits on several; it gets a link by itself.</summary>
    public static BlockedCall StartPart(ClientSession session, LoopShard shard, BlockingTimeout command, MergePart sink, Action over)
    {
        BlockedCall call = new(session, shard, command, [], sink, over) { _phase = CallPhase.Suspended };
        call.Reissue();
        return call;
    }

    public override void OnReplies(ReadOnlySpan<byte> bytes, int frames, bool endsInside)
    {
        // An error is looked at whole, for it may be our own UNBLOCK; anything else streams through.
        if (!_started && (_error.Length > 0 || bytes[0] == (byte)'-'))
        {
            _error.Append(bytes);
            if (frames == 0)
            {
                return;
            }

            byte[] error = _error.Pending.ToArray();
            _error.Release();
            if (_phase == CallPhase.Recalled && !_clientAsked && error.AsSpan().StartsWith("-UNBLOCKED"u8))
            {
                Suspend();
                return;
            }

            Finish(error);
            return;
        }

        _started = frames == 0;
        if (frames > 0)
        {
            Finish(bytes);
        }
        else
        {
            _sink.OnReplies(bytes, 0, endsInside);
        }
    }

    public override void OnLost(int count, string error)
    {
        _link = null;
        if (_phase == CallPhase.Recalled)
        {
            // It was only waiting, so nothing is unknown: it goes to the next master.
            Suspend();
            return;
        }

        End();
        _sink.OnLost(1, error);
        _over();
    }

    /// <summary>The session is draining: the command is answered as if its time were over.</summary>
    public void LetGo() => Unblock(withError: false);

    /// <summary>CLIENT UNBLOCK by a client.</summary>
    public bool Unblock(bool withError)
    {
        if (_phase is CallPhase.Over or CallPhase.Abandoned)
        {
            return false;
        }

        _clientAsked = true;
        if (_phase == CallPhase.Suspended)
        {
            _phase = CallPhase.Over;
            _lease?.Cancel();
            Finish(withError ? "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"u8 : TimeoutReply);
        }
        else
        {
            SendUnblock(withError ? "ERROR" : "TIMEOUT");
        }

        return true;
    }

    /// <summary>The client has gone.</summary>
    public void Abandon()
    {
        if (_phase == CallPhase.Suspended)
        {
            _phase = CallPhase.Over;
            _lease?.Cancel();
            End();
            _sink.OnReplies(default, 1, false);
            _over();
        }
        else if (_phase is CallPhase.Waiting or CallPhase.Recalled)
        {
            _phase = CallPhase.Abandoned;
            SendUnblock("ERROR");
        }
    }

    /// <summary>The gate closed: the old master shall let it go.</summary>
    public void Recall()
    {
        if (_phase == CallPhase.Waiting)
        {
            _phase = CallPhase.Recalled;
            SendUnblock("ERROR");
        }
        else if (_phase == CallPhase.Abandoned)
        {
            SendUnblock("ERROR");
        }
    }

    /// <summary>
    /// Gets a link to the shard's target for re-issuing; <paramref name="done"/> when it is there (or there is nothing to re-issue).
    /// </summary>
    public void Prepare(Action done)
    {
        if (_phase == CallPhase.Suspended && _link is { } stale && stale.Target != _shard.Target)
        {
            ReturnLink();
        }

        if (_phase != CallPhase.Suspended || _lease is not null || _link is not null)
        {
            done();
            return;
        }

        _lease = new LinkLease(_shard, _protocol, _database, (link, error) =>
        {
            _lease = null;
            if (_phase != CallPhase.Suspended)
            {
                done();
                return;
            }

            if (link is null)
            {
                Finish(System.Text.Encoding.UTF8.GetBytes($"-{error}\r\n"));
                done();
                return;
            }

            link.Owner = this;
            _link = link;
            LastStreamIds.Resolve(link, _command, done);
        });
        _lease.Start();
    }

    /// <summary>Sends it again, with the time it has left, on the link that was prepared. Under a closed gate it waits for that to open.</summary>
    public void Reissue()
    {
        if (_shard.Hold is { IsSwitched: false })
        {
            return;
        }

        if (_phase == CallPhase.Suspended && _link is { State: LinkState.Ready } link && link.Target == _shard.Target)
        {
            OutputBuffer bytes = new(static _ => { });
            _command.Write(bytes, _shard.Loop.Io.NowMs);
            Issue(link, bytes.Pending);
            bytes.Release();
        }
        else if (_phase == CallPhase.Suspended && _lease is null)
        {
            Prepare(ReissueUnlessHeld);
        }
    }

    // The link took its time: a hold that has begun meanwhile re-issues the command when it ends.
    private void ReissueUnlessHeld()
    {
        if (_shard.Hold is null)
        {
            Reissue();
        }
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        _shard.Dedicated.NoteLost(link);
        if (link == _link)
        {
            _link = null;
        }
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
    }

    private ReadOnlySpan<byte> TimeoutReply => _command.Name switch
    {
        "WAIT" => ":0\r\n"u8,
        "WAITAOF" => "*2\r\n:0\r\n:0\r\n"u8,
        _ when _protocol == 3 => "_\r\n"u8,
        "BLMOVE" or "BRPOPLPUSH" => "$-1\r\n"u8,
        _ => "*-1\r\n"u8,
    };

    private void Issue(ShardLink link, ReadOnlySpan<byte> bytes)
    {
        _phase = CallPhase.Waiting;
        _unblockSent = false;
        _link = link;
        _started = false;
        link.Owner = this;
        link.IsBlocked = true;
        if (_command.Name is "WAIT" or "WAITAOF")
        {
            // The engine waits for what this connection wrote; a PING brings its mark up to the newest write of all.
            link.Send("*1\r\n$4\r\nPING\r\n"u8, DiscardSink.Instance);
        }

        link.Send(bytes, this);
    }

    private void Suspend()
    {
        _phase = CallPhase.Suspended;
        _repeat?.Dispose();
        ReturnLink();
        ReissueUnlessHeld();
    }

    private void SendUnblock(string how)
    {
        if (_link is not { } link || _phase == CallPhase.Over)
        {
            return;
        }

        if (_shard.Hold is { IsSwitched: true })
        {
            // The new master keeps writes waiting until the hold is over, and one that only waits its turn must not be unblocked (Redis 7.0 ends itself).
            _repeat?.Dispose();
            _repeat = _shard.Loop.Io.At(_shard.Loop.Io.NowMs + RepeatUnblockMs, () => SendUnblock(how));
            return;
        }

        OutputBuffer command = new(static _ => { });
        RespWriter.WriteCommand(command, "CLIENT", "UNBLOCK", link.ClientId.ToString(CultureInfo.InvariantCulture), how);
        _unblockSent = true;
        _shard.Control.Send(command.Pending, DiscardSink.Instance);
        command.Release();
        _repeat?.Dispose();
        _repeat = _shard.Loop.Io.At(_shard.Loop.Io.NowMs + RepeatUnblockMs, () => SendUnblock(how));
    }

    private void Finish(ReadOnlySpan<byte> lastBytes)
    {
        _shard.Tap?.Record(_database, Keys.Select(static key => key.Key));
        End();
        _sink.OnReplies(lastBytes, 1, false);
        _over();
    }

    private void End()
    {
        _phase = CallPhase.Over;
        _repeat?.Dispose();
        _shard.Blocked.Remove(this);
        ReturnLink();
    }

    private void ReturnLink()
    {
        if (_link is { } link)
        {
            _link = null;

            // A repeated UNBLOCK still on its way would hit whoever blocks on this link next; and on Garnet a connection that was unblocked loses
            // what its next blocking command pops (it blocks on another connection without loss).
            _shard.Dedicated.Return(link, clean: !_unblockSent);
        }
    }
}
