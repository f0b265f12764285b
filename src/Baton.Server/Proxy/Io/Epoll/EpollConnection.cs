using System.Net;

namespace Baton.Server.Proxy.Io.Epoll;

/// <summary>
/// A connection over a raw descriptor. Interest in input is taken back only when input arrives that nobody wants: a pause that ends
/// before then
/// costs no system call.
/// </summary>
internal sealed unsafe class EpollConnection : LoopConnection, IEpollSource
{
    /// <summary>Receives of one connection in one turn (256 KiB): a busy peer must not starve the others.</summary>
    private const int MaxReceivesPerTurn = 4;

    /// <summary>Bytes sent to one peer in one turn, about: one that takes everything at once must not starve the others.</summary>
    private const int MaxSentPerTurn = 1024 * 1024;

    /// <summary>Unread input thrown away at a clean close; a peer that sends more than this meanwhile gets a reset.</summary>
    private const int MaxDiscards = 16;

    private readonly EpollLoop _loop;
    private readonly int _fd;
    private uint _interest;
    private bool _isRegistered;

    internal EpollConnection(EpollLoop loop, int fd, bool isOutgoing, EndPoint? remote)
        : base(loop, isOutgoing, remote) => (_loop, _fd) = (loop, fd);

    /// <summary>Of an accepted connection the system knows it, so that ten thousand of them need not.</summary>
    public override EndPoint? RemoteAddress => base.RemoteAddress ?? (IsDescriptorOpen ? NativeSocket.PeerAddress(_fd) : null);

    /// <inheritdoc/>
    public override EndPoint? LocalAddress => IsDescriptorOpen && RemoteAddress is { } like ? NativeSocket.LocalAddress(_fd, like) : null;

    private bool IsDescriptorOpen => _fd >= 0 && State != LoopConnectionState.Released;

    /// <summary>(A descriptor that has just been closed may be somebody else's: who asks then hears of the end itself soon after.)</summary>
    public override bool HasPeerEnded => State is LoopConnectionState.Ended or LoopConnectionState.Released || NativeSocket.HasPeerEnded(_fd);

    bool IEpollSource.IsUpstream => IsOutgoing;

    /// <summary>Watches the descriptor, or ends the connection when connecting failed at once.</summary>
    internal void Begin(int error)
    {
        if (error != 0)
        {
            End(CloseReason.SocketError, $"connect to {RemoteAddress}: {NativeSocket.Describe(error)}");
            return;
        }

        _interest = IsOutgoing ? Libc.EPOLLOUT : Libc.EPOLLIN;
        _loop.Set.Add(_fd, this, _interest);
        _isRegistered = true;
    }

    /// <inheritdoc/>
    public override void KeepAlive(int seconds)
    {
        if (_fd >= 0 && RemoteAddress is IPEndPoint)
        {
            NativeSocket.KeepAlive(_fd, seconds);
        }
    }

    /// <inheritdoc/>
    public void OnEvents(uint events)
    {
        if (State == LoopConnectionState.Connecting)
        {
            FinishConnect();
            return;
        }

        const uint broken = Libc.EPOLLHUP | Libc.EPOLLERR;
        if ((events & (Libc.EPOLLIN | broken)) != 0)
        {
            if (IsReading)
            {
                Receive();
            }
            else if ((events & broken) != 0)
            {
                EndBroken(NativeSocket.TakeError(_fd));
            }
            else if (!InputEnded)
            {
                // From here on only the end itself is news.
                SetInterest((_interest & ~Libc.EPOLLIN) | Libc.EPOLLRDHUP);
            }
            else
            {
                SetInterest(_interest & ~Libc.EPOLLIN);
            }
        }

        if ((events & Libc.EPOLLRDHUP) != 0 && (_interest & Libc.EPOLLRDHUP) != 0)
        {
            SetInterest(_interest & ~Libc.EPOLLRDHUP);
            SawEndAhead();
        }

        if ((events & Libc.EPOLLOUT) != 0 && State is LoopConnectionState.Open or LoopConnectionState.Flushing)
        {
            SendRest();
        }
    }

    /// <inheritdoc/>
    protected override void Send()
    {
        // While the peer has no room, EPOLLOUT says when to go on.
        if ((_interest & Libc.EPOLLOUT) == 0 && !TrySend())
        {
            SetInterest(_interest | Libc.EPOLLOUT);
        }
    }

    /// <inheritdoc/>
    protected override void ReadingResumed()
    {
        if (IsReading)
        {
            SetInterest((_interest | Libc.EPOLLIN) & ~Libc.EPOLLRDHUP);
        }
    }

    /// <inheritdoc/>
    protected override void ReleaseSocket(bool wasFlushed)
    {
        if (_fd < 0)
        {
            return;
        }

        // Closing with unread input resets the connection, and a reset destroys replies the peer has not read yet.
        if (wasFlushed && _isRegistered && Libc.shutdown(_fd, Libc.SHUT_WR) == 0)
        {
            fixed (byte* buffer = _loop.ReceiveBuffer)
            {
                for (int i = 0; i < MaxDiscards && Libc.recv(_fd, buffer, EpollLoop.ReceiveBufferBytes, 0) > 0; i++)
                {
                }
            }
        }

        if (_isRegistered)
        {
            _loop.Set.Forget(_fd, this);
        }

        _ = Libc.close(_fd);
    }

    private void FinishConnect()
    {
        int error = NativeSocket.TakeError(_fd);
        if (error != 0)
        {
            End(CloseReason.SocketError, $"connect to {RemoteAddress}: {NativeSocket.Describe(error)}");
            return;
        }

        SetInterest(Libc.EPOLLIN);
        Connected();
    }

    private void Receive()
    {
        byte[] buffer = _loop.ReceiveBuffer;
        for (int i = 0; i < MaxReceivesPerTurn; i++)
        {
            nint count;
            fixed (byte* native = buffer)
            {
                count = Libc.recv(_fd, native, EpollLoop.ReceiveBufferBytes, 0);
            }

            if (count > 0)
            {
                _loop.Set.NoteReceived(count);
                Received(buffer.AsSpan(0, (int)count));
            }
            else if (count == 0)
            {
                ReachedEndOfInput();
            }
            else if (NativeSocket.LastError is var error and not (Libc.EAGAIN or Libc.EINTR))
            {
                EndBroken(error);
            }

            // Less than asked for: that was all. A full buffer: probably not.
            if (count < EpollLoop.ReceiveBufferBytes || !IsReading)
            {
                return;
            }
        }
    }

    private void SendRest()
    {
        if (!TrySend())
        {
            return;
        }

        SetInterest(_interest & ~Libc.EPOLLOUT);
        if (State == LoopConnectionState.Flushing)
        {
            Loop.NoteOutput(this);
        }
        else
        {
            Drained();
        }
    }

    /// <summary>False: the peer has no room for all of it, or has got its share of the turn.</summary>
    private bool TrySend()
    {
        nint left = MaxSentPerTurn;
        while (Output.Length > 0)
        {
            if (left <= 0)
            {
                return false;
            }

            var pending = Output.Front;
            nint sent;
            fixed (byte* native = pending)
            {
                sent = Libc.send(_fd, native, (nuint)pending.Length, Libc.MSG_NOSIGNAL);
            }

            if (sent >= 0)
            {
                Output.Consume(sent);
                NoteSent();
                left -= sent;
            }
            else if (NativeSocket.LastError is var error and not Libc.EINTR)
            {
                if (error == Libc.EAGAIN)
                {
                    return false;
                }

                EndBroken(error);
                return true;
            }
        }

        return true;
    }

    private void EndBroken(int error) => End(
        error is 0 or Libc.ECONNRESET or Libc.EPIPE ? CloseReason.ClosedByPeer : CloseReason.SocketError,
        error == 0 ? null : NativeSocket.Describe(error));

    private void SetInterest(uint interest)
    {
        if (interest != _interest && _isRegistered)
        {
            _interest = interest;
            _loop.Set.Change(_fd, interest);
        }
    }
}
