namespace Baton.Client;

/// <summary>The sending half: one flush at a time, each as much as has gathered.</summary>
internal sealed partial class RedisConnection
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int RunningAndAsked = 2;
    private const int Queued = 3;

    /// <summary>So long after a failed send the reader may take to what the server said before its end.</summary>
    private const long LastReadMs = 250;

    /// <summary>
    /// Who may send: nobody does, somebody does, somebody does and shall look once more before stopping, or the pool shall, unless somebody comes first.
    /// </summary>
    private int _flush;

    /// <summary>When the last read must be over; <see cref="long.MaxValue"/> while it can send.</summary>
    private long _readUntilMs = long.MaxValue;
    private Exception? _sendFailure;

    /// <summary>
    /// There is something to send. With nothing in flight it goes at once, on the caller's thread; else the callers whose replies just came are
    /// about to ask again, and one send behind them carries all: by the thread that delivers those replies, if one of them asks.
    /// </summary>
    public void RequestFlush()
    {
        if (!TryBeginFlush())
        {
            return;
        }

        if (_deliveries.TryOweFlush())
        {
            return;
        }

        if (_window.Count == 0)
        {
            SendFirst();
        }
        else
        {
            LeaveFlushToPool();
        }
    }

    /// <summary>The calling thread is about to block until its command is answered: it does not wait for the pool to send it.</summary>
    public void FlushBeforeBlocking()
    {
        _deliveries.PayFlush();
        TakeFlushFromPool();
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => TakeFlushFromPool();

    /// <summary>Sends what there is. For who has the right to, from <see cref="RequestFlush"/>.</summary>
    public void Flush() => SendAll();

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
            LeaveFlushToPool();
        }
    }

    /// <summary>True when the caller has to see to it; else somebody does who will see what there is now.</summary>
    private bool TryBeginFlush()
    {
        while (true)
        {
            switch (Interlocked.CompareExchange(ref _flush, RunningAndAsked, Idle))
            {
                case Idle:
                    return true;
                case Running when Interlocked.CompareExchange(ref _flush, RunningAndAsked, Running) != Running:
                    continue;
                default:
                    return false;
            }
        }
    }

    private void LeaveFlushToPool()
    {
        Volatile.Write(ref _flush, Queued);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void TakeFlushFromPool()
    {
        if (Interlocked.CompareExchange(ref _flush, Running, Queued) == Queued)
        {
            SendAll();
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
            EndSending(e);
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
            EndSending(e);
        }
    }

    /// <summary>
    /// Nothing can be sent any more, but the last replies and the announcement of a move may have arrived, and be read by nobody yet: a server that closes
    /// has said them before. So the reader comes to the end by itself; the right to flush is never given back.
    /// </summary>
    private void EndSending(Exception failure)
    {
        if (failure is NothingSentException)
        {
            _window.TakeBackLast();
        }

        _sendFailure = failure;
        Volatile.Write(ref _readUntilMs, _clock.NowMs + LastReadMs);
        _ = DrainAsync();
    }

    /// <summary>The heartbeat: the reader has had its time.</summary>
    private void EndLastRead(long nowMs)
    {
        if (nowMs > Volatile.Read(ref _readUntilMs))
        {
            Close(CloseReason.NetworkError, _sendFailure);
        }
    }

    private static bool IsTransportError(Exception e) =>
        e is System.Net.Sockets.SocketException or IOException or ObjectDisposedException or InvalidOperationException
            or System.Security.Authentication.AuthenticationException or OperationCanceledException;
}
