namespace Baton.Server.Proxy.Io;

/// <summary>Start and end of a driver: its loops and the listeners that are open. Thread-safe.</summary>
internal sealed class LoopDriverLife : IAsyncDisposable
{
    /// <summary>How long the loops may take to end: a handler that never returns must not hang the process.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly HashSet<IListener> _listeners = [];
    private readonly EventLoop[] _loops;
    private readonly TimeProvider _time;
    private bool _isDisposed;

    internal LoopDriverLife(EventLoop[] loops, TimeProvider time)
    {
        (_loops, _time) = (loops, time);
        foreach (var loop in loops)
        {
            loop.Start();
        }
    }

    /// <summary>Makes a listener that ends with the driver.</summary>
    /// <exception cref="ObjectDisposedException">The driver has been disposed.</exception>
    internal IListener Own(Func<IListener> make)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(IProxyDriver));
            var listener = new OwnedListener(this, make());
            _listeners.Add(listener);
            return listener;
        }
    }

    /// <summary>Closes listeners, then connections (<see cref="CloseReason.ServerStopping"/>), and waits for the threads.</summary>
    /// <exception cref="TimeoutException">A handler did not return within 10 s.</exception>
    public async ValueTask DisposeAsync()
    {
        IListener[] open;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            open = [.. _listeners];
        }

        foreach (var listener in open)
        {
            listener.Dispose();
        }

        foreach (var loop in _loops)
        {
            loop.Stop();
        }

        await Task.WhenAll(_loops.Select(static loop => loop.Stopped)).WaitAsync(StopLimit, _time).ConfigureAwait(false);
    }

    private void Forget(IListener listener)
    {
        lock (_gate)
        {
            _listeners.Remove(listener);
        }
    }

    private sealed class OwnedListener(LoopDriverLife owner, IListener inner) : IListener
    {
        public System.Net.IPEndPoint Address => inner.Address;

        public void Dispose()
        {
            owner.Forget(this);
            inner.Dispose();
        }
    }
}
