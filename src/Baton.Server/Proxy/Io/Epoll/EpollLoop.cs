using System.Net;

namespace Baton.Server.Proxy.Io.Epoll;

/// <summary>A loop that waits with epoll. One receive buffer serves all its connections: an idle connection owns none.</summary>
internal sealed class EpollLoop : EventLoop, IEpollSource
{
    /// <summary>Bytes one <c>recv</c> may bring.</summary>
    internal const int ReceiveBufferBytes = 64 * 1024;

    private readonly Lock _wakeGate = new();
    private readonly int _wakeFd;
    private bool _isReleased;

    internal EpollLoop(int index, ProxyDriverOptions options)
        : base(index, options)
    {
        Set = new EpollSet(this);
        _wakeFd = Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC);
        if (_wakeFd < 0)
        {
            throw new InvalidOperationException($"eventfd: {NativeSocket.Describe(NativeSocket.LastError)}");
        }

        // Edge-triggered: each write is an edge of its own, and nobody has to read the counter back.
        Set.Add(_wakeFd, this, Libc.EPOLLIN | Libc.EPOLLET);
    }

    internal EpollSet Set { get; }

    /// <summary>Pinned for life, so that the system calls need not pin it.</summary>
    internal byte[] ReceiveBuffer { get; } = GC.AllocateUninitializedArray<byte>(ReceiveBufferBytes, pinned: true);

    bool IEpollSource.IsUpstream => false;

    void IEpollSource.OnEvents(uint events)
    {
    }

    /// <inheritdoc/>
    public override IConnection Connect(EndPoint address, IConnectionHandler handler)
    {
        var (fd, error) = NativeSocket.StartConnect(address);
        var connection = new EpollConnection(this, fd, isOutgoing: true, address);
        connection.Attach(handler);
        connection.Begin(error);
        return connection;
    }

    /// <summary>Takes over an accepted descriptor. Loop thread.</summary>
    internal void Adopt(int fd, AcceptHandler accept)
    {
        if (IsStopping)
        {
            _ = Libc.close(fd);
            return;
        }

        var connection = new EpollConnection(this, fd, isOutgoing: false, remote: null);
        connection.Begin(0);
        connection.Accepted(accept);
    }

    /// <inheritdoc/>
    protected override void Poll(int timeoutMs)
    {
        int count = Set.Wait(timeoutMs);
        ReadClock();
        Set.BeginTurn();
        Set.HandOut(count);

        // While those were served more has arrived: what it asks of the same upstream connections leaves in the same send.
        if (HasOutput)
        {
            Set.HandOut(Set.Wait(0));
        }
    }

    /// <inheritdoc/>
    protected override unsafe void Wake()
    {
        // Under the lock: once the loop has closed the descriptor, its number may be somebody else's.
        lock (_wakeGate)
        {
            ulong one = 1;
            _ = _isReleased ? 0 : Libc.write(_wakeFd, &one, sizeof(ulong));
        }
    }

    /// <inheritdoc/>
    protected override void CloseConnections(CloseReason reason)
    {
        foreach (var source in Set.Sources())
        {
            (source as EpollConnection)?.Close(reason);
        }
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        lock (_wakeGate)
        {
            _isReleased = true;
            _ = Libc.close(_wakeFd);
        }

        Set.Close();
    }
}
