using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// A hold over all loops.
/// <code>
/// Closing --all loops drained, nothing of blocked commands on its way--> Closed --TryCommit--> Committed --ReleaseAsync--> Released
/// Closing --limit: TimeoutException--> Expired        Closed --limit--> Expired        (released on the old master)
/// Committed --limit--> Committed, and its owner is told by the token
/// </code>
/// What blocks stays on the master: that shows as many blocked clients (INFO) as commands were blocked when it was asked, so none of them has got anything
/// that is still on its way. Thread-safe: control calls and loops meet here, never on the data path.
/// </summary>
internal sealed class ShardHold : IShardHold
{
    /// <summary>Questions after what blocks that follow each other without a pause: what is on its way is there after one or two.</summary>
    private const int QuickQuestions = 8;

    private readonly DataPlane _plane;
    private readonly int _shardUid;
    private readonly long _startedAt;
    private readonly Lock _lock = new();
    private readonly LoopHold?[] _parts;
    private readonly TaskCompletionSource<IShardHold> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _carried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _expired = new();
    private IDisposable? _timer;
    private TimeSpan? _elapsed;
    private HoldPhase _phase;
    private AllLoopsShard? _allLoops;
    private ScriptLoading? _scripts;
    private int _moved;
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

    /// <inheritdoc/>
    public Task Carried => _carried.Task;

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

        if (Interlocked.Exchange(ref _moved, 1) == 0)
        {
            _allLoops?.BeginMove(target);
        }

        return _plane.Gather<bool>((loop, done) => SwitchOn(loop, target, () => done(true))).WaitAsync(cancellationToken);
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

        _allLoops = shard.AllLoops;
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
            each.Io.Post(() => _parts[each.Io.Index]?.WhenEmpty(OnEmpty));
        }

        ProxyLoop asking = _plane.Loops[0];
        asking.Io.Post(() => AskForBlocked(asking, 1));
    }

    /// <summary>On the first loop, again and again until the master shows all blocked, nothing is in flight, or the limit is reached.</summary>
    private void AskForBlocked(ProxyLoop loop, int question)
    {
        if (IsClosing && _allLoops is { BlockedOnMaster: > 0 and int blocked } && loop.FindShard(_shardUid) is { } shard)
        {
            shard.Control.Send("*2\r\n$4\r\nINFO\r\n$7\r\nclients\r\n"u8, new FrameSink((frame, _) =>
            {
                if (BlockedIn(frame) >= blocked)
                {
                    OnClosed();
                }
                else if (question < QuickQuestions)
                {
                    AskForBlocked(loop, question + 1);
                }
                else
                {
                    loop.Io.At(loop.Io.NowMs + 1, () => AskForBlocked(loop, question + 1));
                }
            }));
        }
    }

    private bool IsClosing
    {
        get
        {
            lock (_lock)
            {
                return _phase == HoldPhase.Closing;
            }
        }
    }

    private static int BlockedIn(ReadOnlySpan<byte> info)
    {
        ReadOnlySpan<byte> name = "\r\nblocked_clients:"u8;
        int at = info.IndexOf(name);
        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(info[(at + name.Length)..], out int blocked, out _) ? blocked : -1;
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

    private async Task ReleaseLoops()
    {
        ProxyLoop clock = _plane.Loops[0];
        clock.Io.Post(() => _timer?.Dispose());
        await _plane.OnEveryLoop(loop =>
        {
            _parts[loop.Io.Index]?.Release();
            _parts[loop.Io.Index] = null;
        }).ConfigureAwait(false);
        _ = CarryAsync();
    }

    /// <summary>What lives on the old master comes over; after a hold that ended without a switch there is nothing that has to.</summary>
    private async Task CarryAsync()
    {
        await _plane.Gather<bool>((loop, done) =>
        {
            if (loop.FindShard(_shardUid) is { } shard)
            {
                LoopCarry.Start(shard, loop.Io.Index == 0 ? _scripts : null, () => done(true));
            }
            else
            {
                done(true);
            }
        }).ConfigureAwait(false);
        await _plane.OnEveryLoop(loop => loop.FindShard(_shardUid)?.OnCarried()).ConfigureAwait(false);
        _carried.TrySetResult();
    }

    private void SwitchOn(ProxyLoop loop, ShardTarget target, Action done)
    {
        if (_parts[loop.Io.Index] is not { } part || loop.FindShard(_shardUid) is not { } shard)
        {
            done();
            return;
        }

        // One copy of the scripts is enough: they belong to the instance, not to a connection.
        if (loop.Io.Index == 0)
        {
            _scripts ??= shard.Ahead is { } ahead && ahead.Target == target ? ahead.Scripts : new ScriptLoading(shard.Database.AllLoops.Scripts);
        }

        part.Switch(target, loop.Io.Index == 0 ? _scripts : null, done);
    }
}
