using System.Net;
using System.Net.Sockets;

namespace Baton.Server.Proxy.Io.Sockets;

/// <summary>
/// The driver for every system .NET runs on. Correct, not fast: where there is epoll, <see cref="Epoll.EpollDriver"/> is used.
/// </summary>
internal sealed class SocketDriver : IProxyDriver
{
    private readonly SocketLoop[] _loops;
    private readonly ProxyDriverOptions _options;
    private readonly LoopDriverLife _life;
    private int _nextLoop = -1;

    internal SocketDriver(int loops, ProxyDriverOptions options)
    {
        _options = options;
        _loops = [.. Enumerable.Range(0, loops).Select(index => new SocketLoop(index, options))];
        _life = new LoopDriverLife(_loops, options.TimeProvider);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ILoop> Loops => _loops;

    /// <inheritdoc/>
    public IListener Listen(IPEndPoint address, AcceptHandler accept)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(accept);
        return _life.Own(() => new SocketListener(this, _options, address, accept));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _life.DisposeAsync();

    /// <summary>Gives an accepted socket to the next loop in turn.</summary>
    internal void Assign(Socket socket, AcceptHandler accept)
    {
        var loop = _loops[(uint)Interlocked.Increment(ref _nextLoop) % (uint)_loops.Length];
        loop.Post(() => loop.Adopt(socket, accept));
    }
}
