using System.Net;

namespace Baton.Server.Proxy.Io;

/// <summary>
/// What a connection is on every driver: its life, its output, its handler. How bytes reach the system is the derived class's.
/// <code>
/// state       may receive   may send   leaves by
/// Connecting  no            no         connected -> Open; failed or Close -> Ended
/// Open        yes           yes        Close(flush) with output -> Flushing; any other end -> Ended
/// Flushing    no            yes        all sent, error, nothing taken for FlushLimitMs -> Ended
/// Ended       no            no         end of turn -> Released, handler told
/// Released    no            no         (never)
/// </code>
/// The first reason is the one told, whatever follows. Belongs to its loop's thread.
/// </summary>
internal abstract class LoopConnection : IConnection
{
    /// <summary>
    /// How long the peer of a closing connection may take nothing of what is still to be sent: one that reads slowly gets everything, one that does not
    /// read must not keep it for ever.
    /// </summary>
    internal const int FlushLimitMs = 60_000;

    /// <summary>Output from this size on is reported when it is sent, even at once: whoever made it has probably stopped there.</summary>
    internal const int LargeOutputBytes = 64 * 1024;

    /// <summary>The longest silence Linux can be told to wait for.</summary>
    internal const int MaxKeepAliveSeconds = 32_767;

    /// <summary>Probes without an answer after which a peer is gone.</summary>
    internal const int KeepAliveProbes = 3;

    private IConnectionHandler? _handler;
    private CloseReason _reason;
    private string? _detail;
    private IDisposable? _flushLimit;
    private long _sentMs;

    protected LoopConnection(EventLoop loop, bool isOutgoing, EndPoint? remote)
    {
        Loop = loop;
        IsOutgoing = isOutgoing;
        RemoteAddress = remote;
        State = isOutgoing ? LoopConnectionState.Connecting : LoopConnectionState.Open;
        Output = new OutputBuffer(this);
    }

    /// <inheritdoc/>
    public virtual EndPoint? RemoteAddress { get; }

    /// <inheritdoc/>
    public abstract EndPoint? LocalAddress { get; }

    /// <inheritdoc/>
    public OutputBuffer Output { get; }

    internal bool IsOutgoing { get; }

    protected EventLoop Loop { get; }

    protected LoopConnectionState State { get; private set; }

    /// <summary>The handler wants input and the peer may still send some.</summary>
    protected bool IsReading => State == LoopConnectionState.Open && !IsPaused && !InputEnded;

    protected bool IsPaused { get; private set; }

    /// <summary>The peer has finished sending, and the handler has kept the connection.</summary>
    protected bool InputEnded { get; private set; }

    /// <inheritdoc/>
    public void PauseReading() => IsPaused = true;

    /// <inheritdoc/>
    public void ResumeReading()
    {
        if (IsPaused)
        {
            IsPaused = false;
            ReadingResumed();
        }
    }

    /// <inheritdoc/>
    public abstract bool HasPeerEnded { get; }

    /// <inheritdoc/>
    public abstract void KeepAlive(int seconds);

    /// <inheritdoc/>
    public void Close(CloseReason reason, bool flush = false)
    {
        if (flush && State == LoopConnectionState.Open && (Output.Length > 0 || IsSending))
        {
            (State, _reason) = (LoopConnectionState.Flushing, reason);
            NoteSent();
            WatchFlush();
        }
        else if (!flush || State != LoopConnectionState.Flushing)
        {
            End(reason, null);
        }
    }

    internal void Attach(IConnectionHandler handler) => _handler = handler;

    /// <summary>Something was written to <see cref="Output"/>.</summary>
    internal void NoteOutput() => Loop.NoteOutput(this);

    /// <summary>End of a turn: sends what waits.</summary>
    internal void Flush()
    {
        Output.MarkClean();
        if (State is LoopConnectionState.Open or LoopConnectionState.Flushing)
        {
            bool wasLarge = Output.Length >= LargeOutputBytes;
            Send();
            if (Output.Length > 0 || IsSending)
            {
                return;
            }

            if (State == LoopConnectionState.Flushing)
            {
                End(_reason, null);
            }
            else if (IsPaused || wasLarge)
            {
                Drained();
            }
        }
        else if (State is LoopConnectionState.Ended or LoopConnectionState.Released)
        {
            Output.Release();
        }
    }

    /// <summary>End of the turn in which it ended.</summary>
    internal void Release()
    {
        bool wasFlushed = Output.Length == 0;
        State = LoopConnectionState.Released;
        _flushLimit?.Dispose();
        Output.Release();
        ReleaseSocket(wasFlushed);
        if (_handler is { } handler)
        {
            _handler = null;
            try
            {
                handler.OnClosed(_reason, _detail);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                Loop.Report($"loop {Loop.Index}: a handler failed in OnClosed({_reason})", exception);
            }
        }
    }

    /// <summary>An accepted connection gets its handler.</summary>
    internal void Accepted(AcceptHandler accept)
    {
        try
        {
            _handler = accept(Loop, this);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Failed("accept", exception);
        }
    }

    /// <summary>The peer has taken something.</summary>
    protected void NoteSent() => _sentMs = Loop.NowMs;

    /// <summary>A send is under way that <see cref="Output"/> no longer shows.</summary>
    protected virtual bool IsSending => false;

    /// <summary>Sends what the system takes now; calls <see cref="Drained"/> when a later call has sent the rest.</summary>
    protected abstract void Send();

    /// <summary>Input is wanted again.</summary>
    protected abstract void ReadingResumed();

    /// <summary>Closes the socket. <paramref name="wasFlushed"/>: everything was sent, so the peer must not lose it to a reset.</summary>
    protected abstract void ReleaseSocket(bool wasFlushed);

    protected void End(CloseReason reason, string? detail)
    {
        if (State is LoopConnectionState.Ended or LoopConnectionState.Released)
        {
            return;
        }

        if (State != LoopConnectionState.Flushing)
        {
            (_reason, _detail) = (reason, detail);
        }

        State = LoopConnectionState.Ended;
        Loop.NoteEnded(this);
    }

    protected void Connected()
    {
        State = LoopConnectionState.Open;
        try
        {
            _handler?.OnConnected();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Failed(nameof(IConnectionHandler.OnConnected), exception);
        }

        // Written before it was up; what the handler wrote just now has noted itself.
        if (Output.Length > 0)
        {
            Loop.NoteOutput(this);
        }
    }

    protected void Received(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _handler?.OnReceived(bytes);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Failed(nameof(IConnectionHandler.OnReceived), exception);
        }
    }

    protected void ReachedEndOfInput()
    {
        bool keep = false;
        try
        {
            keep = _handler?.OnEndOfInput() ?? false;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Failed(nameof(IConnectionHandler.OnEndOfInput), exception);
        }

        InputEnded = true;
        if (!keep)
        {
            End(CloseReason.ClosedByPeer, null);
        }
    }

    protected void SawEndAhead()
    {
        try
        {
            _handler?.OnEndAhead();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Failed(nameof(IConnectionHandler.OnEndAhead), exception);
        }
    }

    protected void Drained()
    {
        if (State != LoopConnectionState.Open)
        {
            return;
        }

        try
        {
            _handler?.OnOutputDrained();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Failed(nameof(IConnectionHandler.OnOutputDrained), exception);
        }
    }

    private void WatchFlush() => _flushLimit = Loop.At(_sentMs + FlushLimitMs, () =>
    {
        if (Loop.NowMs - _sentMs >= FlushLimitMs)
        {
            End(_reason, null);
        }
        else
        {
            WatchFlush();
        }
    });

    private void Failed(string where, Exception exception)
    {
        Loop.Report($"loop {Loop.Index}: a handler failed in {where}; its connection is closed ({CloseReason.InternalError})", exception);
        End(CloseReason.InternalError, exception.Message);
    }
}
