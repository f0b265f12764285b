using System.Collections.Immutable;
using System.Threading.Channels;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;
using Baton.Server.Engines;
using Baton.Server.Proxy;
using Baton.Server.Store;

namespace Baton.Server.Control;

/// <summary>
/// The one writer of the cluster state. One consumer takes events in order: step, save, publish to the proxies, answer whoever waits,
/// start the effects; their results come back as events. Thread-safe.
/// </summary>
public sealed partial class ClusterController : IClusterController, IEventSink, IAsyncDisposable
{
    private readonly ControlParts _parts;
    private readonly EffectExecutor _executor;
    private readonly Channel<ControlMessage> _queue =
        Channel.CreateUnbounded<ControlMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly StateWaiters _waiters = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<Exception> _faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SaveTrouble _trouble;
    private volatile ClusterState _state;
    private ProxySnapshot _published = ProxySnapshot.Empty;
    private ImmutableHashSet<int> _full = [];
    private Task _loop = Task.CompletedTask;
    private Task _memoryWatch = Task.CompletedTask;
    private Task _masterWatch = Task.CompletedTask;
    private Task _diskWatch = Task.CompletedTask;

    private ClusterController(ControlParts parts, ClusterState state)
    {
        _parts = parts;
        _state = state;
        _trouble = new SaveTrouble(parts.Limits, parts.Feed, parts.Time);
        _executor = new EffectExecutor(parts, this);
    }

    /// <inheritdoc/>
    public ClusterState State => _state;

    /// <inheritdoc/>
    public ControlAlarm? Alarm => _trouble.Alarm;

    /// <summary>Completes when the controller cannot go on: a decision failed. Nothing changes any more; the process should end.</summary>
    public Task<Exception> Faulted => _faulted.Task;

    /// <summary>
    /// Loads the state (or begins with <paramref name="initial"/>) and starts everything that shall run; does not wait until it does.
    /// </summary>
    /// <exception cref="StoreException">The stored state cannot be used.</exception>
    public static async Task<ClusterController> StartAsync(ControlParts parts, ClusterState initial)
    {
        ClusterState? loaded = await parts.Store.LoadAsync().ConfigureAwait(false);
        ClusterState state = loaded ?? initial;
        if (loaded is null)
        {
            await parts.Store.SaveAsync(state).ConfigureAwait(false);
        }

        ClusterController controller = new(parts, state);
        controller._executor.TidyFolders(state);
        ImmutableSortedDictionary<string, EngineTraits> engines = parts.Engines.ToImmutableSortedDictionary(
            e => e.Key, e => new EngineTraits(Replication: e.Value.Kind != EngineKind.Garnet));
        controller._loop = Task.Run(controller.RunAsync);
        // What was loaded says things run; now it says they start.
        await controller.PostAndStoreAsync(new ControllerStarted(engines)).ConfigureAwait(false);
        controller._memoryWatch = Task.Run(controller.WatchMemoryAsync);
        controller._masterWatch = Task.Run(controller.WatchMastersAsync);
        controller._diskWatch = Task.Run(controller.WatchDiskAsync);
        return controller;
    }

    /// <inheritdoc/>
    public async Task<RequestResult> RequestAsync(ClusterRequest request, CancellationToken cancellationToken)
    {
        RequestError? portTaken = null;
        if (request is CreateDatabase create)
        {
            (request, portTaken) = PortChoice.Resolve(create, _state, _parts.Ports);
        }

        RequestResult result = await AskAsync(request, cancellationToken).ConfigureAwait(false);
        return portTaken is null || result.Errors.Any(e => e.Code == portTaken.Code)
            ? result
            : result with { Errors = result.Errors.Add(portTaken) };
    }

    /// <inheritdoc/>
    public Task<ClusterState> WaitForAsync(Func<ClusterState, bool> predicate, CancellationToken cancellationToken) =>
        _waiters.WaitAsync(predicate, () => _state, cancellationToken);

    /// <inheritdoc/>
    public async Task<EngineHealth?> ProbeShardAsync(int shardUid, CancellationToken cancellationToken)
    {
        if (!_state.Shards.TryGetValue(shardUid, out ShardState? shard) || _executor.Instances.Find(shard.InstanceId) is not { } engine)
        {
            return null;
        }

        try
        {
            return await engine.ProbeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.IsBusy)
        {
            return new EngineHealth(shard.Role == ShardRole.Master, 0, 0, -1, LinkUp: shard.InSyncWith != 0);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>
    /// Stops deciding, then ends effects and instances (their data stays). What was under way is taken up, or rolled back, at the next
    /// start.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        await _memoryWatch.ConfigureAwait(false);
        await _masterWatch.ConfigureAwait(false);
        await _diskWatch.ConfigureAwait(false);
        await _executor.DisposeAsync().ConfigureAwait(false);
        _waiters.EndAll();
        _stopping.Dispose();
    }

    void IEventSink.Post(ClusterEvent happened) => Post(happened);

    Task IEventSink.PostAndStoreAsync(ClusterEvent happened) => PostAndStoreAsync(happened);

    Task IEventSink.ProbeStoreAsync() => PostAndStoreAsync(null);

    private Task<RequestResult?> PostAndStoreAsync(ClusterEvent? happened)
    {
        TaskCompletionSource<RequestResult?> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_queue.Writer.TryWrite(new ControlMessage(happened, done)))
        {
            done.TrySetException(new InvalidOperationException("The controller is stopping."));
        }

        return done.Task;
    }

    private void Post(ClusterEvent happened) => _queue.Writer.TryWrite(new ControlMessage(happened, null));

    private async Task<RequestResult> AskAsync(ClusterRequest request, CancellationToken cancellationToken)
    {
        TaskCompletionSource<RequestResult?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_queue.Writer.TryWrite(new ControlMessage(new Requested(request), answer)))
        {
            throw new InvalidOperationException("The controller is stopping.");
        }

        return (await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false))!;
    }

    /// <param name="Event">What happened; null = only the set of full shards changed, or somebody proves the store.</param>
    /// <param name="Done">Told when its consequences are stored and published.</param>
    private sealed record ControlMessage(ClusterEvent? Event, TaskCompletionSource<RequestResult?>? Done)
    {
        public ImmutableHashSet<int>? Full { get; init; }
    }
}
