using Baton.Server.Engines;

namespace Baton.Server.Control;

/// <summary>
/// A mover whose every step ends. The movers bound their waits themselves; this is the net for a step that hangs where no wait is (an engine
/// in this process, a loop that stands still) and does not heed its token. What it leaves behind is the target's, which is thrown away.
/// <code>
/// step      bound                          at the bound
/// attach    AttachStallLimit, AttachLimit  cancelled; given up after AbandonLimit
/// approach  the token (ApproachLimit)      given up
/// catch up  the token (the hold's limit)   given up
/// fence     FenceLimit                     given up: an abort follows, which opens the fence
/// promote   the token (ForwardLimit)       given up; asked again
/// wake      the token (ForwardLimit)       given up; asked again
/// retire    the token (StopLimit)          given up
/// abort     AbandonLimit                   given up
/// </code>
/// </summary>
internal sealed class BoundedMover(IShardMover mover, ControlLimits limits, TimeProvider time) : IShardMover
{
    /// <inheritdoc/>
    public async Task AttachAsync(IProgress<MoveProgress> progress, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stalled = new(limits.AttachStallLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stalled.Token, cancellationToken);
        Pulse pulse = new(progress, stalled, limits.AttachStallLimit);
        Task attaching = mover.AttachAsync(pulse, either.Token);
        try
        {
            await attaching.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await attaching.WaitAsync(limits.AbandonLimit, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pulse.End();
            if (stalled.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new EngineException(
                    $"the copy made no progress for {limits.AttachStallLimit.TotalSeconds:0.#} s ({nameof(ControlLimits.AttachStallLimit)})");
            }

            throw;
        }
        finally
        {
            pulse.End();
        }
    }

    /// <inheritdoc/>
    public Task ApproachAsync(CancellationToken cancellationToken) => mover.ApproachAsync(cancellationToken).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public bool HearsSource => mover.HearsSource;

    /// <inheritdoc/>
    public Task<long> LagAsync(CancellationToken cancellationToken) => mover.LagAsync(cancellationToken).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public Task CatchUpAsync(CancellationToken cancellationToken) => mover.CatchUpAsync(cancellationToken).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task FenceAsync(CancellationToken cancellationToken)
    {
        Task fencing = mover.FenceAsync(cancellationToken);
        try
        {
            await fencing.WaitAsync(limits.FenceLimit, time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!fencing.IsCompleted)
        {
            throw new EngineException($"it took longer than {limits.FenceLimit.TotalSeconds:0.#} s ({nameof(ControlLimits.FenceLimit)})");
        }
    }

    /// <inheritdoc/>
    public Task PromoteAsync(CancellationToken cancellationToken) => mover.PromoteAsync(cancellationToken).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public Task WakeAsync(CancellationToken cancellationToken) => mover.WakeAsync(cancellationToken).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public Task RetireOldAsync(bool keepAsReplica, CancellationToken cancellationToken) =>
        mover.RetireOldAsync(keepAsReplica, cancellationToken).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task AbortAsync() =>
        await mover.AbortAsync().WaitAsync(limits.AbandonLimit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() =>
        await mover.DisposeAsync().AsTask().WaitAsync(limits.AbandonLimit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Each report puts off the end of the copy. Nothing is passed on once the copy was given up.</summary>
    private sealed class Pulse(IProgress<MoveProgress> progress, CancellationTokenSource stalled, TimeSpan limit) : IProgress<MoveProgress>
    {
        private readonly Lock _gate = new();
        private bool _over;

        public void Report(MoveProgress value)
        {
            lock (_gate)
            {
                if (!_over)
                {
#pragma warning disable RS0030 // The source was made with the TimeProvider, and this is its timer.
                    stalled.CancelAfter(limit);
#pragma warning restore RS0030
                    progress.Report(value);
                }
            }
        }

        public void End()
        {
            lock (_gate)
            {
                _over = true;
            }
        }
    }
}
