using Baton.Server.Engines;
using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// One blocking command on its dedicated link.
/// <code>
/// Waiting --reply--> over (delivered)
/// Waiting --the shard has another master--> (behind) --ComeOver--> Suspended --its turn--> Waiting (re-issued with the time left)
/// Waiting --client gone--> Abandoned --reply--> over (swallowed)
/// </code>
/// On a master that serves it is ended by CLIENT UNBLOCK, never by cutting the connection: an engine may have popped an element for it, and Garnet
/// would pop the next. The UNBLOCK travels on another connection and may overtake the command, so it is repeated until the reply has come. A master
/// that the shard has left takes no writes and was seen to block it (<see cref="ShardHold"/>): there nothing can come for it any more, and it is just left.
/// Belongs to its loop's thread.
/// </summary>
internal sealed partial class BlockedOnEngine : IBlockedCommand, ILinkOwner
{
    private const int RepeatUnblockMs = 20;

    private readonly ClientSession _session;
    private readonly LoopShard _shard;
    private readonly BlockingTimeout _command;
    private readonly ReplySink _sink;
    private readonly Action _over;
    private readonly bool _areKeysWritten;
    private readonly int _protocol;
    private readonly int _database;
    private ShardLink? _link;
    private LinkLease? _lease;
    private IDisposable? _repeat;
    private CallPhase _phase;
    private string? _asked;
    private bool _started;
    private bool _unblockSent;
    private long? _counted;
    private Answer? _answer;
    private bool _inputEnded;
    private bool _wasIssued;
    private Action? _left;
    private Action? _prepared;

    private BlockedOnEngine(ClientSession session, LoopShard shard, BlockingTimeout command, BlockedKeys keys, ReplySink sink, Action over)
    {
        (_session, _shard, _command, _sink, _over) = (session, shard, command, sink, over);
        (_protocol, _database) = (session.State.Protocol, session.State.Database);
        _areKeysWritten = keys.AreWritten;
        Claim = shard.AllLoops.Claims.Add(keys.Keys.Select(key => new DatabaseKey(_database, key)), isOrdered: keys.AreWritten);
        shard.Blocked.Add(this);
        if (_areKeysWritten)
        {
            session.Database.AllLoops.EngineWaiters.Add(this);
        }
    }

    private enum CallPhase
    {
        Waiting,
        Suspended,
        Abandoned,
        Over,
    }

    /// <summary>What it waits for.</summary>
    public KeyClaim Claim { get; }

    /// <summary>It waits neither on the old master any more nor on the new one yet.</summary>
    public bool IsSuspended => _phase == CallPhase.Suspended;

    /// <summary>It is not on the shard's master.</summary>
    public bool IsBehind => IsSuspended || IsLeft;

    /// <summary>The engine's id of the connection it has been sent on and not been answered on; 0 = none.</summary>
    public long WaitingClientId => _phase == CallPhase.Waiting && !IsLeft && _link is { } link ? link.ClientId : 0;

    /// <summary>It is on a master that the shard has left.</summary>
    private bool IsLeft => _phase is CallPhase.Waiting or CallPhase.Abandoned && _link is { } link && link.Target != _shard.Target;

    /// <summary>Sends the command and makes the session wait.</summary>
    public static void Start(ClientSession session, ShardLink link, ReadOnlySpan<byte> bytes, BlockingTimeout command, BlockedKeys keys)
    {
        StreamSlot slot = session.SlotBehind(null);
        slot.Expect(bytes.Length);
        session.Database.AllLoops.CountBlocked(1);
        BlockedOnEngine call = new(session, link.Shard, command, keys, slot, () =>
        {
            session.Database.AllLoops.CountBlocked(-1);
            session.EndBlocked();
        });
        session.BeginBlocked(call);
        call.Issue(link, bytes);
    }

    /// <summary>One shard's part of a command that waits on several; it gets a link by itself.</summary>
    public static BlockedOnEngine StartPart(ClientSession session, LoopShard shard, BlockingTimeout command, MergePart sink, Action over)
    {
        BlockedOnEngine call = new(session, shard, command, BlockedKeys.None, sink, over) { _phase = CallPhase.Suspended };
        call.Reissue();
        return call;
    }

    // An answer of an engine, or a piece of one.
    private void OnReplies(ReadOnlySpan<byte> bytes, int frames, bool endsInside)
    {
        if (_inputEnded && (_error.Length > 0 || (!_started && bytes[0] == (byte)'-')))
        {
            TakeError(bytes, frames);
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

    private void OnLost(string error, bool isBehind)
    {
        _link = null;
        EndIssue();
        if (!_started && _phase == CallPhase.Waiting && (isBehind || _shard.Hold is not null))
        {
            // It was only waiting, so nothing is unknown: it comes over to the next master, or back, after the hold.
            _phase = CallPhase.Suspended;
            _repeat?.Dispose();
            if (_inputEnded)
            {
                GiveUp();
            }

            return;
        }

        End();
        _sink.OnLost(1, error);
        _over();
    }

    /// <summary>
    /// The shard has another master, which it has no link to yet: <paramref name="ready"/> when it has one (or is over), and then
    /// <paramref name="done"/>.
    /// </summary>
    public void ComeOver(Action ready, Action done)
    {
        Leave();
        Prepare(() =>
        {
            ready();
            done();
        });
    }

    /// <summary>Sends it (again), with the time it has left, on the link that was prepared; makes one if there is none.</summary>
    public void Reissue()
    {
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

    /// <summary>The master it is on is the shard's no more: nothing can come for it there.</summary>
    private void Leave()
    {
        if (IsLeft)
        {
            _phase = CallPhase.Suspended;
            _repeat?.Dispose();
            EndIssue();
            ReturnLink();
        }
    }

    private void Prepare(Action done)
    {
        if (_phase == CallPhase.Suspended && _link is { } stale && stale.Target != _shard.Target)
        {
            ReturnLink();
        }

        if (_phase != CallPhase.Suspended || _link is not null)
        {
            done();
            return;
        }

        _prepared += done;
        if (_lease is not null)
        {
            return;
        }

        _lease = new LinkLease(_shard, _protocol, _database, (link, error) =>
        {
            _lease = null;
            Action prepared = _prepared!;
            _prepared = null;
            if (_phase != CallPhase.Suspended)
            {
                prepared();
                return;
            }

            if (link is null)
            {
                Finish(System.Text.Encoding.UTF8.GetBytes($"-{error}\r\n"));
                prepared();
                return;
            }

            link.Owner = this;
            _link = link;
            LastStreamIds.Resolve(link, _command, prepared);
        }) { Replaces = true };
        _lease.Start();
    }

    // The link took its time, and the shard may be held meanwhile.
    private void ReissueUnlessHeld()
    {
        if (_shard.Hold is null)
        {
            Reissue();
        }
        else
        {
            _shard.AfterHold.Add(ReissueUnlessHeld);
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

    private void Issue(ShardLink link, ReadOnlySpan<byte> bytes)
    {
        _phase = CallPhase.Waiting;
        _unblockSent = false;
        _link = link;
        _started = false;
        _answer = new Answer(this, link);
        _counted = _shard.AllLoops.BeginBlocked();
        link.Owner = this;
        link.IsBlocked = true;
        if (_command.Name is "WAIT" or "WAITAOF")
        {
            // The engine waits for what this connection wrote; a PING brings its mark up to the newest write of all.
            link.Send("*1\r\n$4\r\nPING\r\n"u8, DiscardSink.Instance);
        }

        link.Send(bytes, _answer);
        _wasIssued = true;
        if (_inputEnded)
        {
            _asked ??= "ERROR";
            SendUnblock();
        }
    }

    private void Finish(ReadOnlySpan<byte> lastBytes)
    {
        _shard.Tap?.Record(_areKeysWritten ? Claim.Keys : []);
        End();
        _sink.OnReplies(lastBytes, 1, false);
        _over();
    }

    private void End()
    {
        _phase = CallPhase.Over;
        _repeat?.Dispose();
        EndIssue();
        _shard.Blocked.Remove(this);
        _shard.AllLoops.Claims.Remove(Claim);
        if (_areKeysWritten)
        {
            _session.Database.AllLoops.EngineWaiters.Remove(this);
        }

        ReturnLink();
        _left?.Invoke();
    }

    private void EndIssue()
    {
        _answer = null;
        if (_counted is { } move)
        {
            _counted = null;
            _shard.AllLoops.EndBlocked(move);
        }
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

    /// <summary>Takes the reply to one issue; once the call has left that link, what still comes there concerns nobody.</summary>
    private sealed class Answer(BlockedOnEngine call, ShardLink link) : ReplySink
    {
        public override void OnReplies(ReadOnlySpan<byte> bytes, int frames, bool endsInside)
        {
            if (call._answer == this)
            {
                call.OnReplies(bytes, frames, endsInside);
            }
        }

        public override void OnLost(int count, string error)
        {
            if (call._answer == this)
            {
                call.OnLost(error, isBehind: link.Target != link.Shard.Target);
            }
        }
    }
}
