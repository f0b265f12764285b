using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// A hold over all loops.
/// <code>
/// Closing --all loops drained, blocked commands recalled, all loops empty--> Closed --TryCommit--> Committed --ReleaseAsync--> Released
/// Closing --limit: TimeoutException--> Expired        Closed --limit--> Expired        (released on the old master)
/// Committed --limit--> Committed, and its owner is told by the token
/// </code>
/// Thread-safe: control calls and loops meet here, never on the data path.
/// </summary>
internal sealed class ShardHold : IShardHold
{
    private readonly DataPlane _plane;
    private readonly int _shardUid;
    private readonly long _startedAt;
    private readonly Lock _lock = new();
    private readonly LoopHold?[] _parts;
    private readonly TaskCompletionSource<IShardHold> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _expired = new();
    private IDisposable? _timer;
    private TimeSpan? _elapsed;
    private HoldPhase _phase;
    private int _drained;
    private int _empty;

    public ShardHold(DataPlane plane, int shardUid)
    {
        (_plane, _shardUid) = (plane, shardUid);
        _parts = new LoopHold?[plane.LoopCount];
        _startedAt = plane.Time.GetTimestamp();
    }

    private enum HoldPhase
    {
        Closing,
        Closed,
        Committed,
        Expired,
        Released,
    }

    /// <inheritdoc/>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_lock)
            {
                return _elapsed ?? _plane.Time.GetElapsedTime(_startedAt);
            }
        }
    }

    /// <inheritdoc/>
    public CancellationToken Expired => _expired.Token;

    /// <summary>Closes the gate on every loop.</summary>
    public Task<IShardHold> Begin(TimeSpan limit, CancellationToken cancellationToken)
    {
        ProxyLoop clock = _plane.Loops[0];
        clock.Io.Post(() => _timer = clock.Io.At(clock.Io.NowMs + Math.Max(1, (long)limit.TotalMilliseconds), () => OnLimit(limit)));
        foreach (ProxyLoop loop in _plane.Loops)
        {
            ProxyLoop each = loop;
            each.Io.Post(() => BeginOn(each));
        }

        CancellationTokenRegistration registration = cancellationToken.Register(OnCancelled);
        _ = _closed.Task.ContinueWith(_ => registration.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return _closed.Task;
    }

    /// <inheritdoc/>
    public bool TryCommit()
    {
        lock (_lock)
        {
            if (_phase != HoldPhase.Closed)
            {
                return _phase == HoldPhase.Committed;
            }

            _phase = HoldPhase.Committed;
            return true;
        }
    }

    /// <inheritdoc/>
    public Task SwitchAsync(ShardTarget target, CancellationToken cancellationToken)
    {
        if (!TryCommit())
        {
            return Task.FromException(new TimeoutException($"The hold on shard {_shardUid} had ended before the switch; the shard serves where it was."));
        }

        int open = _parts.Length;
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Step()
        {
            if (Interlocked.Decrement(ref open) == 0)
            {
                BlockedReissue.Start(_plane, _shardUid, done.SetResult);
            }
        }

        foreach (ProxyLoop loop in _plane.Loops)
        {
            ProxyLoop each = loop;
            each.Io.Post(() => SwitchOn(each, target, Step));
        }

        return done.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task ReleaseAsync() => End(HoldPhase.Released) ? ReleaseLoops() : Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync().ConfigureAwait(false);
    }

    private void BeginOn(ProxyLoop loop)
    {
        if (loop.FindShard(_shardUid) is not { } shard || shard.Hold is not null)
        {
            Fail(new InvalidOperationException(shardIsKnown(loop)
                ? $"Shard {_shardUid} is held already."
                : $"Shard {_shardUid} is not in the proxies' snapshot."));
            return;
        }

        lock (_lock)
        {
            if (_phase != HoldPhase.Closing)
            {
                return;
            }
        }

        LoopHold part = new(shard, OnDrained);
        _parts[loop.Io.Index] = part;
        part.Begin();

        bool shardIsKnown(ProxyLoop asked) => asked.FindShard(_shardUid) is not null;
    }

    private void OnDrained()
    {
        if (Interlocked.Increment(ref _drained) < _parts.Length)
        {
            return;
        }

        foreach (ProxyLoop loop in _plane.Loops)
        {
            ProxyLoop each = loop;
            each.Io.Post(() => _parts[each.Io.Index]?.Recall(OnEmpty));
        }
    }

    private void OnEmpty()
    {
        if (Interlocked.Increment(ref _empty) == _parts.Length)
        {
            OnClosed();
        }
    }

    private void OnClosed()
    {
        lock (_lock)
        {
            if (_phase != HoldPhase.Closing)
            {
                return;
            }

            _phase = HoldPhase.Closed;
        }

        _closed.TrySetResult(this);
    }

    private void OnLimit(TimeSpan limit)
    {
        HoldPhase before;
        lock (_lock)
        {
            before = _phase;
        }

        if (before is not (HoldPhase.Closing or HoldPhase.Closed) || !End(HoldPhase.Expired))
        {
            _expired.Cancel();
            return;
        }

        _ = ReleaseLoops();
        if (before == HoldPhase.Closing)
        {
            _closed.TrySetException(new TimeoutException(
                $"shard {_shardUid} could not be held: commands were still in flight after {limit.TotalMilliseconds:0} ms"));
        }

        _expired.Cancel();
    }

    private void OnCancelled()
    {
        lock (_lock)
        {
            if (_phase != HoldPhase.Closing)
            {
                return;
            }
        }

        Fail(new OperationCanceledException("The hold was cancelled before it was closed."));
    }

    private void Fail(Exception cause)
    {
        if (End(HoldPhase.Released))
        {
            _ = ReleaseLoops();
        }

        _closed.TrySetException(cause);
    }

    /// <summary>Moves to a final phase; false when it is in one already, or (expiry) has been committed.</summary>
    private bool End(HoldPhase final)
    {
        lock (_lock)
        {
            if (_phase is HoldPhase.Released or HoldPhase.Expired || (final == HoldPhase.Expired && _phase == HoldPhase.Committed))
            {
                return false;
            }

            _phase = final;
            _elapsed = _plane.Time.GetElapsedTime(_startedAt);
            return true;
        }
    }

    private Task ReleaseLoops()
    {
        ProxyLoop clock = _plane.Loops[0];
        clock.Io.Post(() => _timer?.Dispose());
        return _plane.OnEveryLoop(
            loop =>
            {
                _parts[loop.Io.Index]?.Release();
                _parts[loop.Io.Index] = null;
            },
            // After a switch there are none left; a hold that was given up puts them back.
            () => BlockedReissue.Start(_plane, _shardUid, static () => { }));
    }

    private void SwitchOn(ProxyLoop loop, ShardTarget target, Action done)
    {
        if (_parts[loop.Io.Index] is not { } part || loop.FindShard(_shardUid) is not { } shard)
        {
            done();
            return;
        }

        // One copy of the scripts is enough: they belong to the instance, not to a connection.
        IReadOnlyList<byte[]> scripts = loop.Io.Index == 0 ? shard.Database.Share.Scripts.Bodies() : [];
        part.Switch(target, scripts, done);
    }
}
