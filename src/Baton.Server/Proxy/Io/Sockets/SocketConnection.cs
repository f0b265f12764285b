using System.Net;
using System.Net.Sockets;

namespace Baton.Server.Proxy.Io.Sockets;

/// <summary>A connection over the runtime's <see cref="Socket"/>: at most one receive and one send are under way.</summary>
internal sealed class SocketConnection : LoopConnection, IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private const int MaxDiscards = 64;

    /// <summary>Sends that complete at once in one turn (1 MiB): a peer that takes everything must not starve the others.</summary>
    private const int MaxSendsPerTurn = 64;

    /// <summary>How often a paused connection is asked whether its peer is still there.</summary>
    private const int PausedCheckMs = 200;

    private readonly SocketLoop _loop;
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly SocketAsyncEventArgs _send = new();
    private readonly Action _onReceived;
    private readonly Action _onSent;
    private bool _isReceiving;
    private bool _isSending;
    private bool _isEndSeen;
    private int _held;

    internal SocketConnection(SocketLoop loop, Socket socket, bool isOutgoing, EndPoint? remote)
        : base(loop, isOutgoing, remote)
    {
        (_loop, _socket) = (loop, socket);
        (_onReceived, _onSent) = (OnReceived, OnSent);
        if (remote is IPEndPoint)
        {
            socket.NoDelay = true;
        }

        _receive.SetBuffer(new byte[BufferBytes], 0, BufferBytes);
        _receive.Completed += (_, _) => _loop.Post(_onReceived);
        _send.SetBuffer(new byte[BufferBytes], 0, BufferBytes);
        _send.Completed += (_, _) => _loop.Post(_onSent);
    }

    /// <inheritdoc/>
    public override EndPoint? LocalAddress => State == LoopConnectionState.Released ? null : _socket.LocalEndPoint;

    /// <inheritdoc/>
    public override bool HasPeerEnded
    {
        get
        {
            try
            {
                return InputEnded || HasEndedBehindInput || (_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0 && _held == 0);
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
            {
                return true;
            }
        }
    }

    /// <inheritdoc/>
    public override void KeepAlive(int seconds)
    {
        if (RemoteAddress is not IPEndPoint)
        {
            return;
        }

        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, seconds > 0);
        if (seconds > 0)
        {
            int interval = Math.Clamp(seconds / KeepAliveProbes, 1, MaxKeepAliveSeconds);
            _socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Math.Min(seconds, MaxKeepAliveSeconds));
            _socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, interval);
            _socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        }
    }

    /// <inheritdoc/>
    protected override bool IsSending => _isSending;

    // Only Linux tells of the end while input stands before it.
    private bool HasEndedBehindInput => OperatingSystem.IsLinux() && Epoll.NativeSocket.HasPeerEnded((int)_socket.Handle);

    /// <summary>Closes the socket; what is under way completes and is ignored.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        _receive.Dispose();
        _send.Dispose();
    }

    internal void BeginConnect()
    {
        var connect = new SocketAsyncEventArgs { RemoteEndPoint = RemoteAddress };
        connect.Completed += (_, _) => _loop.Post(() => OnConnected(connect));
        if (!_socket.ConnectAsync(connect))
        {
            _loop.Post(() => OnConnected(connect));
        }
    }

    internal void BeginReceive()
    {
        // Also while paused: one receive ahead, whose failure tells of a peer that is gone.
        if (_isReceiving || _held > 0 || InputEnded || State != LoopConnectionState.Open)
        {
            return;
        }

        _isReceiving = true;
        if (!_socket.ReceiveAsync(_receive))
        {
            // Posted, not called: a peer that always has more must wait its turn.
            _loop.Post(_onReceived);
        }
    }

    /// <inheritdoc/>
    protected override void Send()
    {
        for (int left = MaxSendsPerTurn; !_isSending && Output.Length > 0 && State is LoopConnectionState.Open or LoopConnectionState.Flushing; left--)
        {
            if (left == 0)
            {
                _isSending = true;
                _loop.Post(_onSent);
                return;
            }

            var next = Output.Front;
            int count = Math.Min(next.Length, BufferBytes);
            next[..count].CopyTo(_send.MemoryBuffer.Span);
            Output.Consume(count);
            NoteSent();
            _send.SetBuffer(0, count);
            _isSending = _socket.SendAsync(_send);
            if (!_isSending)
            {
                CheckSent();
            }
        }
    }

    /// <inheritdoc/>
    protected override void ReadingResumed()
    {
        if (_held > 0)
        {
            _loop.Post(HandOutHeld);
        }

        BeginReceive();
    }

    /// <inheritdoc/>
    protected override void ReleaseSocket(bool wasFlushed)
    {
        _loop.Forget(this);
        if (wasFlushed && _socket.Connected)
        {
            ShutDownCleanly();
        }

        Dispose();
    }

    private void OnConnected(SocketAsyncEventArgs connect)
    {
        connect.Dispose();
        if (State != LoopConnectionState.Connecting)
        {
            return;
        }

        if (connect.SocketError != SocketError.Success)
        {
            End(CloseReason.SocketError, $"connect to {RemoteAddress}: {connect.SocketError}");
            return;
        }

        Connected();
        BeginReceive();
    }

    private void OnReceived()
    {
        _isReceiving = false;
        if (State is LoopConnectionState.Ended or LoopConnectionState.Released)
        {
            return;
        }

        if (_receive.SocketError != SocketError.Success)
        {
            EndBroken(_receive.SocketError);
        }
        else if (_receive.BytesTransferred == 0)
        {
            ReachedEndOfInput();
        }
        else
        {
            _held = _receive.BytesTransferred;
            HandOutHeld();
        }
    }

    private void HandOutHeld()
    {
        if (_held > 0 && IsReading)
        {
            int count = _held;
            _held = 0;
            Received(_receive.MemoryBuffer.Span[..count]);
        }
        else if (_held > 0 && IsPaused)
        {
            Loop.At(Loop.NowMs + PausedCheckMs, CheckPaused);
        }

        BeginReceive();
    }

    // While input is held no receive is under way that could tell of a reset.
    private void CheckPaused()
    {
        if (State != LoopConnectionState.Open || _held == 0)
        {
            return;
        }

        if (_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is int error && error != 0)
        {
            EndBroken(SocketError.ConnectionReset);
            return;
        }

        if (IsPaused && !_isEndSeen && HasEndedBehindInput)
        {
            _isEndSeen = true;
            SawEndAhead();
        }

        Loop.At(Loop.NowMs + PausedCheckMs, CheckPaused);
    }

    private void OnSent()
    {
        _isSending = false;
        if (State is LoopConnectionState.Ended or LoopConnectionState.Released)
        {
            return;
        }

        CheckSent();
        Send();
        if (!_isSending && Output.Length == 0)
        {
            if (State == LoopConnectionState.Flushing)
            {
                Loop.NoteOutput(this);
            }
            else
            {
                Drained();
            }
        }
    }

    private void CheckSent()
    {
        if (_send.SocketError != SocketError.Success)
        {
            EndBroken(_send.SocketError);
        }
    }

    private void EndBroken(SocketError error)
    {
        bool byPeer = error is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown;
        End(byPeer ? CloseReason.ClosedByPeer : CloseReason.SocketError, error.ToString());
    }

    // Closing with unread input resets the connection, and a reset destroys replies the peer has not read yet.
    private void ShutDownCleanly()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);

            // A receive that is under way may take what is available just now: one that then waited would keep the whole loop waiting.
            _socket.Blocking = false;
            Span<byte> unread = new byte[BufferBytes];
            for (int i = 0; i < MaxDiscards && _socket.Receive(unread, SocketFlags.None, out SocketError error) > 0 && error == SocketError.Success; i++)
            {
            }
        }
        catch (SocketException)
        {
            // The peer was faster: there is nothing left to protect.
        }
    }
}
