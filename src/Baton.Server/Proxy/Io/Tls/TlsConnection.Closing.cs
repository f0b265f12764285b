namespace Baton.Server.Proxy.Io.Tls;

/// <content>How it is closed: with what is still to be said, or at once.</content>
internal sealed partial class TlsConnection
{
    private IDisposable? _finishLimit;
    private CloseReason _finishReason;
    private long _unfinished;

    /// <inheritdoc/>
    public void Close(CloseReason reason, bool flush = false)
    {
        if (flush && _phase == Phase.Open)
        {
            (_phase, _finishReason, _unfinished) = (Phase.Finishing, reason, Output.Length);
            Flush();
        }
        else if (!flush || _phase != Phase.Finishing)
        {
            _phase = Phase.Closing;
            _wire.Close(reason);
        }
    }

    // Closing, with output: the rest is encrypted as the wire takes it, and the wire is closed behind it.
    private void Finish()
    {
        if (Output.Length == 0)
        {
            _phase = Phase.Closing;
            SayGoodbye();
            _wire.Close(_finishReason, flush: true);
            return;
        }

        _finishLimit ??= _loop.At(_loop.NowMs + LoopConnection.FlushLimitMs, () =>
        {
            _finishLimit = null;
            if (Output.Length == _unfinished)
            {
                Close(_finishReason);
                return;
            }

            _unfinished = Output.Length;
            Finish();
        });
    }

    private void SayGoodbye()
    {
        try
        {
            // Completes at once: the stream below never waits.
            _ = _ssl.ShutdownAsync();
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // The peer misses a goodbye it would only have thrown away.
        }
    }
}
