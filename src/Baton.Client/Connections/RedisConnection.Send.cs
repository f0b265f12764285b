namespace Baton.Client;

/// <summary>The sending half: one flush at a time, each as much as has gathered.</summary>
internal sealed partial class RedisConnection
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int RunningAndAsked = 2;

    /// <summary>Who may send: nobody does, somebody does, or somebody does and shall look once more before stopping.</summary>
    private int _flush;

    /// <summary>
    /// There is something to send. With nothing in flight it goes at once, on the caller's thread; else the callers whose replies just came are
    /// about to ask again, and one send behind them carries all.
    /// </summary>
    public void RequestFlush()
    {
        if (Interlocked.Exchange(ref _flush, RunningAndAsked) != Idle)
        {
            return;
        }

        if (_window.Count == 0)
        {
            SendFirst();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => SendAll();

    /// <summary>One batch on the caller's thread; what others appended meanwhile is not the caller's work.</summary>
    private void SendFirst()
    {
        Volatile.Write(ref _flush, Running);
        if (_outbox!.TryTake(this, out var batch) && !TrySend(batch))
        {
            return;
        }

        if (_outbox.Bytes == 0)
        {
            SendAll();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void SendAll()
    {
        do
        {
            Volatile.Write(ref _flush, Running);
            while (Volatile.Read(ref _outbox)!.TryTake(this, out var batch))
            {
                if (!TrySend(batch))
                {
                    return;
                }
            }
        }
        while (Interlocked.CompareExchange(ref _flush, Idle, Running) != Running);
    }

    /// <summary>False when the send goes on by itself (and flushes on when done) or has failed.</summary>
    private bool TrySend(Batch batch)
    {
        try
        {
            batch.IsSent = true;
            var sending = _transport.SendAsync(batch.Bytes);
            if (sending.IsCompletedSuccessfully)
            {
                sending.GetAwaiter().GetResult();
                return true;
            }

            _ = FinishSendAsync(sending);
        }
        catch (Exception e) when (IsTransportError(e))
        {
            Close(CloseReason.NetworkError, e);
        }

        return false;
    }

    private async Task FinishSendAsync(ValueTask sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
            SendAll();
        }
        catch (Exception e) when (IsTransportError(e))
        {
            Close(CloseReason.NetworkError, e);
        }
    }

    private static bool IsTransportError(Exception e) =>
        e is System.Net.Sockets.SocketException or IOException or ObjectDisposedException or InvalidOperationException
            or System.Security.Authentication.AuthenticationException or OperationCanceledException;
}
