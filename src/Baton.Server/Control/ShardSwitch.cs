using Baton.Cluster.Operations;
using Baton.Server.Engines;
using Baton.Server.Proxy;

namespace Baton.Server.Control;

/// <summary>
/// The switch of one shard from one instance to another: the only place that knows this order.
/// <code>
///    step                     when it fails                                who serves   why that is safe
/// 0  make ready, approach     abort, try again with a fresh copy           old          nothing was held
///    the store is quick       try again, target kept                       old          nothing was held
/// 1  hold closed              released by itself, try again, target kept   old          nothing was changed
/// 2  catch up (target equal)  abort, release, try again with a fresh copy  old          the target never served
/// 3  commit the hold          expired: abort, try again                    old          waiting commands were let go to the old master
/// 4  fence the old master     abort (unfences), release, try again         old          the target never served
/// 5  promote the target       again; then abort, release, roll back        old          all wait: neither side took a write since step 2
/// 6  store and publish        said and waited for; else Baton stops        new (stored) all wait; whatever is stored, both sides are equal
/// 7  proxies switch           again (bounded), then released anyway        new          the old one is fenced: an error at worst, no loss
/// 8  wake the target          again (bounded), then its own limit ends it  new          what expires waits for its listeners; writes do too
/// 9  release                  -                                            new
/// 10 what clients hold comes  said, and left behind                        new          commands go on meanwhile
/// </code>
/// The hold's own limit covers 1 to 4. Until the commit it lets the commands go by itself; from then on they are let go in 9 or after an
/// abort only, for a fenced master would answer them with errors. Each step from 5 on is bounded by <c>ForwardLimit</c>.
/// The point of no return is 6: before it a crash leaves the old instance as the stored truth, after it the new one.
/// </summary>
internal sealed class ShardSwitch(ControlParts parts, SwitchShard order, IShardMover mover, Func<ClusterEvent, Task> storeAndPublish, Func<Task> probeStore)
{
    private SwitchTimes _times = new(parts.Time);

    private ControlLimits Limits => parts.Limits;

    /// <summary>
    /// Runs it. Returns what to report: <see cref="RouteOpened"/> or <see cref="SwitchFailed"/>. Throws only when the state cannot be
    /// stored.
    /// </summary>
    /// <param name="target">Where the new instance is reached.</param>
    public async Task<ClusterEvent> RunAsync(ShardTarget target)
    {
        await parts.BeforeFirstHold.WaitAsync(Limits.RehearsalLimit, parts.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await MakeReadyAsync(target).ConfigureAwait(false);
        if (await ApproachAsync().ConfigureAwait(false) is { } tooFar)
        {
            await mover.AbortAsync().ConfigureAwait(false);
            return new SwitchFailed(order.OperationId, order.ShardUid, tooFar, Retriable: true, TargetKept: false);
        }

        IShardHold hold;
        try
        {
            await MakeReadyAsync(target).ConfigureAwait(false); // What came while the target approached.
            if (await ProveQuickAsync().ConfigureAwait(false) is { } cannotSave)
            {
                return new SwitchFailed(order.OperationId, order.ShardUid, cannotSave, Retriable: true, TargetKept: true);
            }

            _times = new SwitchTimes(parts.Time);
            TimeSpan limit = TimeSpan.FromMilliseconds(order.HoldLimitMs);
            hold = await parts.DataPlane.HoldAsync(order.RouteUid, limit, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            return new SwitchFailed(order.OperationId, order.ShardUid, $"what was in flight did not end in time: {e.Message}",
                Retriable: true, TargetKept: true);
        }
        catch (Exception e)
        {
            return new SwitchFailed(
                order.OperationId, order.ShardUid, $"the hold could not be closed: {e.Message}", Retriable: false, TargetKept: true);
        }

        _times.Done("close");
        await using (hold.ConfigureAwait(false))
        {
            string? failure = await ProveEqualAsync(hold).ConfigureAwait(false);
            if (failure is not null)
            {
                return await BackAsync(hold, failure, retriable: true).ConfigureAwait(false);
            }

            failure = await PromoteAsync().ConfigureAwait(false);
            if (failure is not null)
            {
                return await BackAsync(hold, failure, retriable: false).ConfigureAwait(false);
            }

            _times.Done("promote");
            await StoreAsync().ConfigureAwait(false);
            _times.Done("store");
            await ForwardAsync(hold, target).ConfigureAwait(false);
            _times.Done("switch");
            await WakeAsync().ConfigureAwait(false);
            _times.Done("wake");
            await hold.ReleaseAsync().ConfigureAwait(false);
            parts.Feed.Say("shard", $"shard {order.ShardUid}: milliseconds of the hold: {_times}");
            await CarryAsync(hold).ConfigureAwait(false);
            return new RouteOpened(order.OperationId, order.ShardUid, hold.Elapsed.TotalMilliseconds);
        }
    }

    private async Task<string?> ApproachAsync()
    {
        try
        {
            using CancellationTokenSource limit = new(Limits.ApproachLimit, parts.Time);
            await mover.ApproachAsync(limit.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException)
        {
            return $"the target did not come near again within {nameof(ControlLimits.ApproachLimit)}";
        }
        catch (Exception e)
        {
            return $"approach: {e.Message}";
        }
    }

    /// <summary>Scripts and subscriptions, so that the hold need not wait for them. What fails here costs only time in the hold.</summary>
    private async Task MakeReadyAsync(ShardTarget target)
    {
        try
        {
            await parts.DataPlane.MakeReadyAsync(order.RouteUid, target, mover.HearsSource)
                .WaitAsync(Limits.MakeReadyLimit, parts.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            parts.Feed.Say("shard",
                $"shard {order.ShardUid}: not everything that clients hold was made ready within {nameof(ControlLimits.MakeReadyLimit)}; the rest is done "
                + "inside the hold");
        }
    }

    /// <summary>The hold has one save inside: it waits until one is quick. Null when it is, or was not for long; else why none is possible.</summary>
    private async Task<string?> ProveQuickAsync()
    {
        long began = parts.Time.GetTimestamp();
        string? failure;
        while (true)
        {
            long asked = parts.Time.GetTimestamp();
            try
            {
                failure = null;
                await probeStore().ConfigureAwait(false);
                if (parts.Time.GetElapsedTime(asked) <= Limits.QuickSave)
                {
                    return null;
                }
            }
            catch (Store.StoreException e)
            {
                failure = e.Message;
            }

            if (parts.Time.GetElapsedTime(began) >= Limits.QuickSaveLimit)
            {
                break;
            }

            await Task.Delay(Limits.QuickSavePause, parts.Time).ConfigureAwait(false);
        }

        if (failure is null)
        {
            parts.Feed.Say("store",
                $"shard {order.ShardUid}: no save was quicker than {nameof(ControlLimits.QuickSave)} within {nameof(ControlLimits.QuickSaveLimit)}; "
                + "the hold may be longer");
        }

        return failure is null ? null : $"the state cannot be stored: {failure}";
    }

    /// <summary>Step 10. Bounded: the old master is retired afterwards.</summary>
    private async Task CarryAsync(IShardHold hold)
    {
        try
        {
            await hold.Carried.WaitAsync(Limits.CarryLimit, parts.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            parts.Feed.Say("shard",
                $"shard {order.ShardUid}: not everything that clients hold came over within {nameof(ControlLimits.CarryLimit)}; the old master is retired");
        }
    }

    /// <summary>Steps 2 to 4. Null when the target is equal, the hold committed and the old master fenced.</summary>
    private async Task<string?> ProveEqualAsync(IShardHold hold)
    {
        string step = "catch up";
        try
        {
            await mover.CatchUpAsync(hold.Expired).ConfigureAwait(false);
            _times.Done(step);
            if (!hold.TryCommit())
            {
                return $"the hold reached its limit of {order.HoldLimitMs} ms";
            }

            step = "fence";
            await mover.FenceAsync(hold.Expired).ConfigureAwait(false);
            _times.Done(step);
            return null;
        }
        catch (OperationCanceledException) when (hold.Expired.IsCancellationRequested)
        {
            return $"the hold reached its limit of {order.HoldLimitMs} ms in step '{step}'";
        }
        catch (Exception e)
        {
            return $"{step}: {e.Message}";
        }
    }

    private static string Why(Exception e) =>
        e is OperationCanceledException ? $"it took longer than {nameof(ControlLimits.ForwardLimit)}" : e.Message;

    /// <summary>
    /// The one step whose bound cannot end it: what a disk that hangs will have kept, nobody knows, and either side would be wrong. It is
    /// said how long commands wait; a store that fails ends the process.
    /// </summary>
    private async Task StoreAsync()
    {
        Task stored = storeAndPublish(new ShardPromoted(order.OperationId, order.ShardUid));
        while (!stored.IsCompleted)
        {
            await stored.WaitAsync(Limits.ForwardLimit, parts.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stored.IsCompleted)
            {
                parts.Feed.Say("store",
                    $"shard {order.ShardUid}: its new place is not stored yet, it took longer than {nameof(ControlLimits.ForwardLimit)}; "
                    + "commands wait until it is");
            }
        }

        await stored.ConfigureAwait(false);
    }

    private async Task<string?> PromoteAsync()
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                using CancellationTokenSource limit = new(Limits.ForwardLimit, parts.Time);
                await mover.PromoteAsync(limit.Token).ConfigureAwait(false);
                return null;
            }
            catch (Exception e) when (tries >= Limits.ForwardTries)
            {
                return $"promote: {Why(e)}";
            }
            catch (Exception)
            {
                // Nobody writes meanwhile, so asking again is safe.
            }
        }
    }

    private async Task<SwitchFailed> BackAsync(IShardHold hold, string failure, bool retriable)
    {
        await mover.AbortAsync().ConfigureAwait(false); // Before the release: a fenced old master would refuse what is let go.
        await hold.ReleaseAsync().ConfigureAwait(false);
        return new SwitchFailed(order.OperationId, order.ShardUid, failure, retriable, TargetKept: false);
    }

    /// <summary>Everybody listens to the target now: it may make events of its own.</summary>
    private async Task WakeAsync()
    {
        for (int tries = 1; tries <= Limits.ForwardTries; tries++)
        {
            try
            {
                using CancellationTokenSource limit = new(Limits.ForwardLimit, parts.Time);
                await mover.WakeAsync(limit.Token).ConfigureAwait(false);
                return;
            }
            catch (Exception e)
            {
                parts.Feed.Say("shard", $"shard {order.ShardUid}: its new master was not woken (try {tries} of {Limits.ForwardTries}): {Why(e)}");
            }
        }
    }

    private async Task ForwardAsync(IShardHold hold, ShardTarget target)
    {
        for (int tries = 1; tries <= Limits.ForwardTries; tries++)
        {
            try
            {
                using CancellationTokenSource limit = new(Limits.ForwardLimit, parts.Time);
                await hold.SwitchAsync(target, limit.Token).ConfigureAwait(false);
                return;
            }
            catch (Exception e)
            {
                parts.Feed.Say("shard",
                    $"shard {order.ShardUid}: the proxies did not switch (try {tries} of {Limits.ForwardTries}): {Why(e)}");
            }
        }
    }
}
