namespace Baton.Client;

/// <summary>
/// The process' thread for heartbeats, there while there are any. A timer's tick is a work item of the pool, and where callers block all of the
/// pool's threads, just the tick that ends their waits, or relieves the reader they wait for, would come last.
/// </summary>
internal static class HeartbeatThread
{
    private static readonly Lock Gate = new();
    private static readonly AutoResetEvent Left = new(initialState: false);

    /// <summary>Copied when it changes: the thread goes through it without the lock.</summary>
    private static Heartbeat[] _beating = [];
    private static bool _isRunning;

    /// <summary>It ticks until what is returned is disposed.</summary>
    public static IDisposable Add(Heartbeat heartbeat)
    {
        lock (Gate)
        {
            _beating = [.. _beating, heartbeat];
            if (!_isRunning)
            {
                new Thread(Beat) { IsBackground = true, Name = "redis heartbeat" }.UnsafeStart();
                _isRunning = true;
            }
        }

        return new Place(heartbeat);
    }

    private static void Beat()
    {
        while (true)
        {
            Left.WaitOne(Heartbeat.Period);
            lock (Gate)
            {
                if (_beating.Length == 0)
                {
                    _isRunning = false;
                    return;
                }
            }

            foreach (var heartbeat in Volatile.Read(ref _beating))
            {
                heartbeat.Tick();
            }
        }
    }

    private sealed class Place(Heartbeat heartbeat) : IDisposable
    {
        public void Dispose()
        {
            lock (Gate)
            {
                _beating = [.. _beating.Where(other => other != heartbeat)];
            }

            Left.Set();
        }
    }
}
