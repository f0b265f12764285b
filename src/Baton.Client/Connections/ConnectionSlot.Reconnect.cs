namespace Baton.Client;

/// <summary>Connecting again after an end nobody announced, or nobody could act on.</summary>
internal sealed partial class ConnectionSlot
{
    /// <summary>For so long attempts follow each other quickly: a server that restarts is back within seconds.</summary>
    private static readonly TimeSpan QuickPeriod = TimeSpan.FromSeconds(10);

    private async Task ReconnectAsync()
    {
        lock (_gate)
        {
            if (_isReconnecting || _isDisposed || _current is not null)
            {
                return;
            }

            _isReconnecting = true;
        }

        var cancellationToken = _context.Lifetime.Token;
        var began = _context.Clock.PreciseMs;
        var pause = _context.Options.ReconnectDelay;
        while (!cancellationToken.IsCancellationRequested && Current is null)
        {
            try
            {
                var connection = await ConnectAnyAsync(cancellationToken).ConfigureAwait(false);
                EndReconnecting();
                Adopt(connection);
                return;
            }
            catch (RedisConnectFailedException e)
            {
                Volatile.Write(ref _lastFailure, e);
                ClientLog.ReconnectFailed(_context.Log, e.Message);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            if (!await PauseAsync(_context.Jittered(pause), cancellationToken).ConfigureAwait(false))
            {
                break;
            }

            if (_context.Clock.PreciseMs - began > QuickPeriod.TotalMilliseconds && pause < _context.Options.MaxReconnectDelay)
            {
                pause = pause * 2 < _context.Options.MaxReconnectDelay ? pause * 2 : _context.Options.MaxReconnectDelay;
            }
        }

        EndReconnecting();
        if (Current is null && !cancellationToken.IsCancellationRequested)
        {
            // A connection that came from elsewhere ended while this loop was leaving.
            _ = ReconnectAsync();
        }
    }

    private void EndReconnecting()
    {
        lock (_gate)
        {
            _isReconnecting = false;
        }
    }

    private Task<RedisConnection> ConnectAnyAsync(CancellationToken cancellationToken) =>
        _context.Dialer.ConnectAnyAsync(_context.Book.Candidates(_context.Clock.PreciseMs), this, Session, cancellationToken);

    private async Task<bool> PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(pause, _context.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
