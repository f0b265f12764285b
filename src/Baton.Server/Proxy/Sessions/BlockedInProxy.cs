using System.Buffers;
using Baton.Protocol.Resp;
using Baton.Server.Engines;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// A blocking command that the proxy waits for itself, for an engine that must not be left waiting (Garnet holds a thread for each
/// blocked client and
/// may lose an element when one is unblocked). It asks with the command's non-blocking form, at once and whenever one of its keys was
/// written.
/// <code>
/// Asking  --data, error--> over (delivered)
/// Asking  --nothing-->     Waiting (or Asking again, when a key was written meanwhile)
/// Waiting --key written--> Asking          --hold--> asks when the hold is over
/// Waiting --time, UNBLOCK, drain, client gone--> over      (while Asking: after the answer)
/// </code>
/// Nothing of it is on the engine while it waits, so a shard moves beneath it without being noticed. Belongs to its loop's thread.
/// </summary>
internal sealed class BlockedInProxy : IBlockedCommand
{
    /// <summary>It also asks from time to time, for writes nobody could attribute to its keys (a script that names none).</summary>
    private const int RecheckMs = 500;

    private readonly ClientSession _session;
    private readonly LoopShard _shard;
    private readonly NonBlockingForm _form;
    private readonly LocalSlot _slot;
    private readonly int _protocol;
    private readonly long _deadlineMs;
    private IDisposable? _timer;
    private byte[]? _ending;
    private bool _asking;
    private bool _askAgain;
    private bool _askedBefore;
    private bool _counted;
    private bool _over;
    private bool _inputEnded;

    private BlockedInProxy(ClientSession session, LoopShard shard, BlockingTimeout timeout, NonBlockingForm form)
    {
        (_session, _shard, _form, _deadlineMs) = (session, shard, form, timeout.DeadlineMs);
        _protocol = session.State.Protocol;
        Keys = [.. form.Keys.Select(key => new DatabaseKey(session.State.Database, key))];
        _slot = session.BeginReply();
    }

    /// <summary>What it waits for.</summary>
    public IReadOnlyList<DatabaseKey> Keys { get; }

    /// <summary>What asking may write.</summary>
    private IEnumerable<DatabaseKey> Touched =>
        _form.Destination is { } destination ? [.. Keys, new DatabaseKey(Keys[0].Database, destination)] : Keys;

    /// <summary>Asks, and makes the session wait.</summary>
    public static void Start(ClientSession session, LoopShard shard, BlockingTimeout timeout, NonBlockingForm form)
    {
        BlockedInProxy call = new(session, shard, timeout, form);
        session.BeginBlocked(call);
        session.Database.AllLoops.ProxyWaiters.Add(call);
        call.Ask();
    }

    /// <summary>One of its keys was written. Thread-safe.</summary>
    public void Wake() => _shard.Loop.Io.Post(Ask);

    /// <inheritdoc/>
    public void LetGo() => Unblock(withError: false);

    /// <inheritdoc/>
    public bool Unblock(bool withError)
    {
        if (_over)
        {
            return false;
        }

        EndWith(withError ? "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"u8.ToArray() : NonBlockingForm.NothingReply(_protocol));
        return true;
    }

    /// <inheritdoc/>
    public void EndInput()
    {
        _inputEnded = true;
        if (!_over && !_asking && _askedBefore)
        {
            GiveUp();
        }
    }

    /// <inheritdoc/>
    public void Abandon() => EndWith(NonBlockingForm.NothingReply(_protocol));

    private void Ask()
    {
        if (_over)
        {
            return;
        }

        if (_asking)
        {
            _askAgain = true;
            return;
        }

        if (_shard.Hold is not null)
        {
            _shard.AfterHold.Add(Ask);
            return;
        }

        if (_askedBefore && _session.PeerHasEnded)
        {
            // It has gone, and its loop has not heard of it yet: it must not take what it cannot have.
            GiveUp();
            return;
        }

        if (_shard.AllLoops.Claims is { AnyBehind: true } claims && Touched.Any(key => claims.MustWait(key, Wake)))
        {
            return;
        }

        _timer?.Dispose();
        _asking = true;
        _askAgain = false;
        _shard.Tap?.Record(Touched);
        _shard.Lane(_protocol, Keys[0].Database).Send(_form.Command, new FrameSink(OnAnswer));
    }

    private void OnAnswer(ReadOnlySpan<byte> frame, bool lost)
    {
        _asking = false;
        bool wrongType = _askedBefore && frame.StartsWith("-WRONGTYPE"u8);
        if (wrongType && _form.Destination is not null)
        {
            AskWhichIsWrong(frame.ToArray());
            return;
        }

        OnAnswer(frame, lost, wrongType);
    }

    /// <summary>A source that has become of another type is no business of a command that waits; its destination's type is an answer.</summary>
    private void AskWhichIsWrong(byte[] error)
    {
        _asking = true;
        ArrayBufferWriter<byte> length = new();
        RespWriter.WriteArrayHeader(length, 2);
        RespWriter.WriteBulk(length, "LLEN"u8);
        RespWriter.WriteBulk(length, _form.Keys[0]);
        _shard.Lane(_protocol, Keys[0].Database).Send(length.WrittenSpan, new FrameSink((frame, lost) =>
        {
            _asking = false;
            OnAnswer(error, lost, Frames.IsError(frame));
        }));
    }

    private void OnAnswer(ReadOnlySpan<byte> frame, bool lost, bool wrongType)
    {
        _askedBefore = true;
        if (!wrongType && !NonBlockingForm.IsNothing(frame))
        {
            Finish(lost ? frame : _form.Convert(frame));
            if (_form.Destination is { } destination)
            {
                _session.Database.AllLoops.ProxyWaiters.Wake(new DatabaseKey(Keys[0].Database, destination));
            }

            return;
        }

        if (_ending is { } ending)
        {
            Finish(ending);
            return;
        }

        if (wrongType)
        {
            // A key of another type appeared: no business of this command, but perhaps of one that waits behind it.
            _session.Database.AllLoops.ProxyWaiters.WakeBehind(this);
        }

        if (_askAgain)
        {
            Ask();
        }
        else if (_inputEnded)
        {
            GiveUp();
        }
        else
        {
            Wait();
        }
    }

    private void Wait()
    {
        if (!_counted)
        {
            _counted = true;
            _session.Database.AllLoops.CountBlocked(1);
        }

        ILoop loop = _shard.Loop.Io;
        if (_deadlineMs >= 0 && loop.NowMs >= _deadlineMs)
        {
            Finish(NonBlockingForm.NothingReply(_protocol));
            return;
        }

        long recheck = loop.NowMs + RecheckMs;
        bool last = _deadlineMs >= 0 && _deadlineMs <= recheck;
        _timer = loop.At(last ? _deadlineMs : recheck, last ? OnTimeOver : Recheck);
    }

    // Whoever is not first anywhere must not be faster than the one who is.
    private void Recheck()
    {
        if (_session.Database.AllLoops.ProxyWaiters.IsFirst(this))
        {
            Ask();
        }
        else
        {
            Wait();
        }
    }

    private void OnTimeOver() => EndWith(NonBlockingForm.NothingReply(_protocol));

    /// <summary>Ends it; when the engine is being asked, its answer comes first: it may be data.</summary>
    private void EndWith(byte[] reply)
    {
        if (_over)
        {
            return;
        }

        if (_asking)
        {
            _ending ??= reply;
            return;
        }

        Finish(reply);
    }

    /// <summary>It would only wait, and its client has finished sending: a plain server frees the client.</summary>
    private void GiveUp()
    {
        _session.Close(CloseReason.ClosedByPeer);
        Finish(default);
    }

    private void Finish(ReadOnlySpan<byte> reply)
    {
        _over = true;
        _timer?.Dispose();
        _session.Database.AllLoops.ProxyWaiters.Remove(this);
        _session.Database.AllLoops.CountBlocked(_counted ? -1 : 0);
        _slot.Reply.Append(reply);
        _slot.Complete();
        _session.EndBlocked();
    }
}
