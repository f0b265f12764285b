using System.Net;

namespace Baton.Server.Proxy.Io.Epoll;

/// <summary>
/// A listening descriptor. One loop accepts; the connections go round to all. Disposing is thread-safe and frees the port at once.
/// </summary>
internal sealed class EpollListener : IListener, IEpollSource
{
    /// <summary>Accepts in one turn.</summary>
    private const int MaxAcceptsPerTurn = 64;

    /// <summary>When descriptors or memory ran out: how long until the next try.</summary>
    private const int RetryMs = 100;

    private readonly Lock _gate = new();
    private readonly EpollDriver _driver;
    private readonly EpollLoop _loop;
    private readonly AcceptHandler _accept;
    private readonly int _fd;
    private bool _isClosed;
    private bool _isShort;

    internal EpollListener(EpollDriver driver, EpollLoop loop, IPEndPoint address, AcceptHandler accept)
    {
        (_driver, _loop, _accept) = (driver, loop, accept);
        _fd = NativeSocket.Listen(address);
        Address = (IPEndPoint)(NativeSocket.LocalAddress(_fd, address) ?? address);
        loop.Post(Begin);
    }

    /// <inheritdoc/>
    public IPEndPoint Address { get; }

    bool IEpollSource.IsUpstream => false;

    /// <inheritdoc/>
    public void OnEvents(uint events)
    {
        for (int i = 0; i < MaxAcceptsPerTurn; i++)
        {
            var (fd, error) = AcceptOne();
            if (fd >= 0)
            {
                _isShort = false;
                _driver.Assign(fd, _accept);
            }
            else if (error is Libc.EMFILE or Libc.ENFILE or Libc.ENOBUFS or Libc.ENOMEM)
            {
                WaitForRoom(error);
                return;
            }
            else if (error is not (Libc.EINTR or Libc.ECONNABORTED))
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            _ = Libc.close(_fd);
        }

        _loop.Post(() => _loop.Set.Forget(_fd, this));
    }

    private void Begin()
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _loop.Set.Add(_fd, this, Libc.EPOLLIN);
            }
        }
    }

    // Under the lock: another thread may close the descriptor, and the system may give its number to somebody else.
    private (int Fd, int Error) AcceptOne()
    {
        lock (_gate)
        {
            return _isClosed ? (-1, Libc.EAGAIN) : NativeSocket.Accept(_fd);
        }
    }

    private void WaitForRoom(int error)
    {
        if (!_isShort)
        {
            _isShort = true;
            _loop.Report($"listener {Address} cannot accept ({NativeSocket.Describe(error)}); it goes on as soon as it can", null);
        }

        SetInterest(0);
        _loop.At(_loop.NowMs + RetryMs, () => SetInterest(Libc.EPOLLIN));
    }

    private void SetInterest(uint events)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _loop.Set.Change(_fd, events);
            }
        }
    }
}
