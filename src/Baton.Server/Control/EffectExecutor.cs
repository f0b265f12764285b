using System.Collections.Concurrent;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Server.Engines;

namespace Baton.Server.Control;

/// <summary>
/// Carries out effects: one method each. Results come back only as events, through <see cref="IEventSink"/>. An effect never throws into
/// the control loop: what goes wrong is a result too.
/// </summary>
internal sealed partial class EffectExecutor(ControlParts parts, IEventSink sink) : IAsyncDisposable
{
    private readonly ShardMoves _moves = new(parts);
    private readonly ConcurrentDictionary<long, Task> _running = new();
    private readonly CancellationTokenSource _stopping = new();
    private long _lastRun;

    /// <summary>What an instance is started or configured with: newer than the state of its effect when it had to wait for its turn.</summary>
    private volatile ClusterState? _latest;

    /// <summary>The running instances.</summary>
    public InstanceRegistry Instances { get; } = new();

    private ControlLimits Limits => parts.Limits;

    /// <summary>Starts one effect. What tells clients and arms timers is done in the order of the calls.</summary>
    /// <param name="effect">What to do.</param>
    /// <param name="state">The state stored with it.</param>
    public void Execute(ClusterEffect effect, ClusterState state)
    {
        _latest = state;
        Task run = effect switch
        {
            StartInstance start => StartAsync(start, state),
            StopInstance stop => StopAsync(stop),
            FollowMaster follow => FollowAsync(follow),
            PromoteReplica promote => PromoteAsync(promote),
            ConfigureInstance configure => ConfigureAsync(configure),
            OpenListener open => OpenAsync(open, state),
            CloseListener close => CloseAsync(close),
            OpenWindow window => AnnounceAsync(window),
            CloseWindow window => AnnounceEndAsync(window),
            ArmTimer timer => Arm(timer),
            AttachShard attach => AttachAsync(attach),
            SwitchShard order => SwitchAsync(order),
            RetireOld retire => RetireAsync(retire),
            AbandonMove abandon => _moves.AbandonAsync(abandon.OperationId, abandon.ShardUid),
            _ => throw new ArgumentException($"Unknown effect {effect.GetType().Name}.", nameof(effect)),
        };
        Track(run, effect);
    }

    /// <summary>Cancels what is under way, waits for it (bounded), and stops every instance. Their data stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        DisarmAll();
        try
        {
            await Task.WhenAll(_running.Values).WaitAsync(Limits.StopLimit, parts.Time).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // What does not end in time, or ends badly, ends with its instance below.
        }

        await Task.WhenAll(Instances.All.Select(StopOrderlyAsync)).ConfigureAwait(false);
        await _manifests.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Track(Task run, ClusterEffect effect)
    {
        if (run.IsCompletedSuccessfully)
        {
            return;
        }

        long number = Interlocked.Increment(ref _lastRun);
        _running[number] = run;
        run.ContinueWith(
            ended =>
            {
                _running.TryRemove(number, out _);
                if (ended.Exception is { } broken && !_stopping.IsCancellationRequested)
                {
                    parts.Feed.Say("control",
                        $"{effect.GetType().Name} of operation {effect.OperationId}: {broken.InnerException?.Message}");
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>A bound that also ends when the controller stops.</summary>
    private EffectBound Bound(TimeSpan limit, CancellationToken also = default)
    {
        return new EffectBound(new CancellationTokenSource(limit, parts.Time), _stopping.Token, also);
    }

    private static string Explain(Exception e, string limitName) =>
        e is OperationCanceledException ? $"it took longer than {limitName}" : e.Message;
}

/// <summary>A time limit joined with other reasons to stop.</summary>
internal sealed class EffectBound(CancellationTokenSource timed, CancellationToken stopping, CancellationToken also) : IDisposable
{
    private readonly CancellationTokenSource _linked = CancellationTokenSource.CreateLinkedTokenSource(timed.Token, stopping, also);

    /// <summary>Ends with the first of them.</summary>
    public CancellationToken Token => _linked.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _linked.Dispose();
        timed.Dispose();
    }
}

/// <summary>Where results of effects go.</summary>
internal interface IEventSink
{
    /// <summary>Queues an event.</summary>
    void Post(ClusterEvent happened);

    /// <summary>Queues an event and waits until its consequences are stored and published.</summary>
    Task PostAndStoreAsync(ClusterEvent happened);

    /// <summary>
    /// Goes the way of an event that is stored (the queue, the store) without being one. Completes when it got through: who takes the time
    /// knows how long an event would take now.
    /// </summary>
    /// <exception cref="Store.StoreException">The store cannot be written to.</exception>
    Task ProbeStoreAsync();
}
