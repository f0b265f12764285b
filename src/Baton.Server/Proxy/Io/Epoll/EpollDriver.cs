using System.Net;

namespace Baton.Server.Proxy.Io.Epoll;

/// <summary>The Linux driver: dedicated threads, level-triggered epoll, raw recv and send.</summary>
internal sealed class EpollDriver : IProxyDriver
{
    private readonly EpollLoop[] _loops;
    private readonly LoopDriverLife _life;
    private int _nextLoop = -1;
    private int _nextListener = -1;

    internal EpollDriver(int loops, ProxyDriverOptions options)
    {
        _loops = [.. Enumerable.Range(0, loops).Select(index => new EpollLoop(index, options))];
        _life = new LoopDriverLife(_loops, options.TimeProvider);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ILoop> Loops => _loops;

    /// <inheritdoc/>
    public IListener Listen(IPEndPoint address, AcceptHandler accept)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(accept);
        var loop = _loops[(uint)Interlocked.Increment(ref _nextListener) % (uint)_loops.Length];
        return _life.Own(() => new EpollListener(this, loop, address, accept));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _life.DisposeAsync();

    /// <summary>Gives an accepted descriptor to the next loop in turn.</summary>
    internal void Assign(int fd, AcceptHandler accept)
    {
        var loop = _loops[(uint)Interlocked.Increment(ref _nextLoop) % (uint)_loops.Length];
        loop.Post(() => loop.Adopt(fd, accept));
    }
}
