using System.Globalization;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;

namespace Baton.Server.Proxy.Sessions;

/// <content>What ends it before there is data: CLIENT UNBLOCK, a drain, and every end of its client.</content>
internal sealed partial class BlockedOnEngine
{
    private readonly OutputBuffer _error = new();

    /// <summary>Nobody would read its reply. Thread-safe.</summary>
    public bool HasClientGone => _session.PeerHasEnded;

    /// <summary>Its client has gone: runs <paramref name="left"/> on the asker's loop once no engine has it any more. Thread-safe.</summary>
    public void WhenLeft(ProxyLoop asker, Action left) => _shard.Loop.Io.Post(() =>
    {
        if (_phase == CallPhase.Over)
        {
            asker.Io.Post(left);
            return;
        }

        _left += () => asker.Io.Post(left);
        EndInput();
    });

    /// <summary>The session is draining: the command is answered as if its time were over.</summary>
    public void LetGo() => Unblock(withError: false);

    /// <summary>CLIENT UNBLOCK by a client.</summary>
    public bool Unblock(bool withError)
    {
        if (_phase is CallPhase.Over or CallPhase.Abandoned)
        {
            return false;
        }

        _asked = withError ? "ERROR" : "TIMEOUT";
        Ask();
        return true;
    }

    /// <summary>The client has gone.</summary>
    public void Abandon()
    {
        if (_phase is CallPhase.Waiting or CallPhase.Suspended)
        {
            _asked = "ERROR";
            Leave();
            _phase = _phase == CallPhase.Waiting ? CallPhase.Abandoned : _phase;
            Ask();
        }
    }

    /// <inheritdoc/>
    public void EndInput()
    {
        if (_inputEnded || _phase is CallPhase.Over or CallPhase.Abandoned)
        {
            return;
        }

        _inputEnded = true;
        Leave();
        if (_phase == CallPhase.Suspended && _wasIssued)
        {
            GiveUp();
        }
        else if (_phase == CallPhase.Waiting)
        {
            _asked ??= "ERROR";
            SendUnblock();
        }
    }

    // Looked at whole: it may be the answer to our own UNBLOCK.
    private void TakeError(ReadOnlySpan<byte> bytes, int frames)
    {
        _error.Append(bytes);
        if (frames == 0)
        {
            return;
        }

        byte[] error = _error.Pending.ToArray();
        _error.Release();
        if (error.AsSpan().StartsWith("-UNBLOCKED"u8))
        {
            GiveUp();
        }
        else
        {
            Finish(error);
        }
    }

    /// <summary>It only waited, and its client has finished sending: a plain server frees the client, and nothing behind this command runs.</summary>
    private void GiveUp()
    {
        _session.Close(CloseReason.ClosedByPeer);
        _phase = CallPhase.Over;
        _lease?.Cancel();
        End();
        _sink.OnReplies(default, 1, false);
        _over();
    }

    /// <summary>What was asked of it: by CLIENT UNBLOCK, by the end of its session.</summary>
    private void Ask()
    {
        Leave();
        if (_phase == CallPhase.Suspended && _inputEnded)
        {
            GiveUp();
        }
        else if (_phase == CallPhase.Suspended)
        {
            bool withError = _asked == "ERROR";
            _phase = CallPhase.Over;
            _lease?.Cancel();
            Finish(withError ? "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"u8 : TimeoutReply);
        }
        else
        {
            SendUnblock();
        }
    }

    private ReadOnlySpan<byte> TimeoutReply => _command.Name switch
    {
        "WAIT" => ":0\r\n"u8,
        "WAITAOF" => "*2\r\n:0\r\n:0\r\n"u8,
        _ => _protocol == 3 ? "_\r\n"u8 : "*-1\r\n"u8,
    };

    private void SendUnblock()
    {
        if (_link is not { } link || _phase == CallPhase.Over)
        {
            return;
        }

        OutputBuffer command = new(static _ => { });
        RespWriter.WriteCommand(command, "CLIENT", "UNBLOCK", link.ClientId.ToString(CultureInfo.InvariantCulture), _asked!);
        _unblockSent = true;
        _shard.Control.Send(command.Pending, DiscardSink.Instance);
        command.Release();
        _repeat?.Dispose();
        _repeat = _shard.Loop.Io.At(_shard.Loop.Io.NowMs + RepeatUnblockMs, Ask);
    }
}
