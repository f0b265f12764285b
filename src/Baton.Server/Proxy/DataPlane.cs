using System.Collections.Concurrent;
using System.Net;
using Baton.Protocol.Maintenance;
using Baton.Server.Engines;
using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy;

/// <summary>
/// The proxies of all nodes in this process: one set of event loops, one listener per (database, node). Speaks to the loops by
/// posting, and answers
/// by tasks. Thread-safe.
/// </summary>
public sealed class DataPlane : IDataPlane
{
    /// <summary>
    /// Connections that are told something in one turn of a loop; a fan-out to more is cut into slices so that commands do not wait
    /// for it.
    /// </summary>
    public const int FanOutSlice = 256;

    private readonly IProxyDriver _driver;
    private readonly ConcurrentDictionary<int, AllLoopsDatabase> _allLoops = new();
    private readonly ConcurrentDictionary<(int Database, int Node), NodeListener> _listeners = new();

    /// <summary>Takes over the driver: it is disposed with the data plane.</summary>
    /// <param name="driver">Loops and listeners.</param>
    /// <param name="time">The clock of deadlines.</param>
    /// <param name="maxBufferedBytes">Bytes all connections together may have waiting in large buffers; 0 = half of the memory there is.</param>
    public DataPlane(IProxyDriver driver, TimeProvider time, long maxBufferedBytes = 0)
    {
        (_driver, Time, Buffers) = (driver, time, new BufferBudget(maxBufferedBytes));
        Loops = [.. driver.Loops.Select(io => new ProxyLoop(this, io))];
    }

    /// <inheritdoc/>
    public DataPlaneStatistics Statistics => new(
        Loops.Sum(static loop => Volatile.Read(ref loop.Connections)),
        Loops.Sum(static loop => Volatile.Read(ref loop.OptedIn)),
        Loops.Sum(static loop => Volatile.Read(ref loop.Commands)),
        Loops.Sum(static loop => Volatile.Read(ref loop.Notifications)),
        Enum.GetValues<CloseReason>().ToDictionary(static reason => reason, reason => Loops.Sum(loop => loop.ClosedBy(reason))),
        new LoopTurns(_driver.Loops.Max(static io => io.Turns.Longest), _driver.Loops.Sum(static io => io.Turns.Long)),
        SystemBlock.Total)
    {
        ChangedLanes = Loops.Sum(static loop => Volatile.Read(ref loop.ChangedLanes)),
    };

    /// <summary>Told what somebody should know; called on loop threads, must not throw.</summary>
    public Action<string> Report { get; init; } = static _ => { };

    /// <summary>Longest wait for the replies of what was sent before keys are recorded. Default 30 s.</summary>
    internal TimeSpan TapAttachLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Where CONFIG SET is remembered; null until somebody does, and CONFIG SET is refused.</summary>
    public IConfigurationKeeper? ConfigurationKeeper { get; set; }

    /// <summary>One per event loop, by index.</summary>
    internal IReadOnlyList<ProxyLoop> Loops { get; }

    /// <summary>How many loops.</summary>
    internal int LoopCount => _driver.Loops.Count;

    /// <summary>What all connections may keep together.</summary>
    internal BufferBudget Buffers { get; }

    /// <summary>The clock of deadlines.</summary>
    internal TimeProvider Time { get; }

    /// <inheritdoc/>
    public Task PublishAsync(ProxySnapshot snapshot) => OnEveryLoop(loop => loop.Apply(snapshot));

    /// <inheritdoc/>
    public Task<IPEndPoint> OpenListenerAsync(int databaseUid, int nodeUid, IPEndPoint address)
    {
        NodeListener listener = new(this, databaseUid, nodeUid);
        if (!_listeners.TryAdd((databaseUid, nodeUid), listener))
        {
            return Task.FromException<IPEndPoint>(new InvalidOperationException($"Database {databaseUid} is listening on node {nodeUid} already."));
        }

        try
        {
            return Task.FromResult(listener.Open(_driver, address));
        }
        catch (System.Net.Sockets.SocketException refused)
        {
            _listeners.TryRemove((databaseUid, nodeUid), out _);
            return Task.FromException<IPEndPoint>(refused);
        }
    }

    /// <inheritdoc/>
    public Task CloseListenerAsync(int databaseUid, int nodeUid, CloseReason reason, TimeSpan drainLimit)
    {
        if (_listeners.TryRemove((databaseUid, nodeUid), out NodeListener? listener))
        {
            listener.Close();
        }

        return Gather<bool>((loop, done) => NodeDrain.Start(loop, databaseUid, nodeUid, reason, drainLimit, () => done(true)));
    }

    /// <inheritdoc/>
    public async Task<int> OpenWindowAsync(MaintenanceWindow window)
    {
        int[] told = await Gather<int>((loop, done) => Announcement.Open(loop, window, done)).ConfigureAwait(false);
        return told.Sum();
    }

    /// <inheritdoc/>
    public async Task<int> CloseWindowAsync(int databaseUid, long openerSequence, MaintenanceNotification? closer)
    {
        int[] told = await Gather<int>((loop, done) => Announcement.Close(loop, databaseUid, openerSequence, closer, done)).ConfigureAwait(false);
        return told.Sum();
    }

    /// <inheritdoc/>
    public async Task<IWriteTap> AttachTapAsync(int shardUid)
    {
        WriteTap tap = new(this, shardUid);
        try
        {
            await tap.AttachAsync().WaitAsync(TapAttachLimit, Time).ConfigureAwait(false);
            return tap;
        }
        catch (TimeoutException)
        {
            await tap.DisposeAsync().ConfigureAwait(false);
            throw new TimeoutException(
                $"what was sent to shard {shardUid} before was not answered within {TapAttachLimit.TotalSeconds:0.#} s (TapAttachLimit)");
        }
    }

    /// <inheritdoc/>
    public async Task<ShardSilence> SilenceAsync(int shardUid, long instanceId)
    {
        ShardSilence[] all = await Gather<ShardSilence>((loop, done) => done(UpstreamSilence.Of(loop, shardUid, instanceId))).ConfigureAwait(false);
        return new ShardSilence(all.Max(static s => s.Longest), all.Min(static s => s.SinceHeard));
    }

    /// <inheritdoc/>
    public async Task<int> GiveUpSilentAsync(int shardUid, long instanceId, TimeSpan atLeast) =>
        (await Gather<int>((loop, done) => done(UpstreamSilence.GiveUp(loop, shardUid, instanceId, atLeast))).ConfigureAwait(false)).Sum();

    /// <inheritdoc/>
    public Task MakeReadyAsync(int shardUid, ShardTarget target, bool hearsSource) => Gather<bool>((loop, done) =>
    {
        if (loop.FindShard(shardUid) is not { } shard)
        {
            done(true);
            return;
        }

        if (shard.Ahead?.Target != target)
        {
            shard.Ahead = new LoopAhead(shard, target, hearsSource);
        }

        shard.Ahead!.MakeReady(() => done(true));
    });

    /// <inheritdoc/>
    public Task<IShardHold> HoldAsync(int shardUid, TimeSpan limit, CancellationToken cancellationToken) =>
        new ShardHold(this, shardUid).Begin(limit, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (NodeListener listener in _listeners.Values)
        {
            listener.Close();
        }

        await OnEveryLoop(static loop => loop.Close()).ConfigureAwait(false);
        await _driver.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What all loops know of a database together.</summary>
    internal AllLoopsDatabase AllLoopsOf(int databaseUid) => _allLoops.GetOrAdd(databaseUid, static _ => new AllLoopsDatabase());

    /// <summary>
    /// What an announcement says: the whole time, although a moment of it has passed since it was decided. It counts from the telling, so
    /// nobody is closed early by it.
    /// </summary>
    internal int SecondsAnnounced(DateTimeOffset deadline) => (int)Math.Max(1, Math.Ceiling((deadline - Time.GetUtcNow()).TotalSeconds));

    /// <summary>What who comes later is told: the whole seconds that are left, at least 1, for clients do not understand less.</summary>
    internal int SecondsLeft(DateTimeOffset deadline) => (int)Math.Max(1, Math.Floor((deadline - Time.GetUtcNow()).TotalSeconds));

    /// <summary>Runs an action on each loop; completes when all have, after <paramref name="last"/> on the loop that came last.</summary>
    internal Task OnEveryLoop(Action<ProxyLoop> action, Action? last = null)
    {
        int open = Loops.Count;
        return Gather<bool>((loop, done) =>
        {
            action(loop);
            if (Interlocked.Decrement(ref open) == 0)
            {
                last?.Invoke();
            }

            done(true);
        });
    }

    /// <summary>Asks each loop something it may answer later; completes with all answers, in loop order.</summary>
    internal Task<T[]> Gather<T>(Action<ProxyLoop, Action<T>> ask)
    {
        T[] answers = new T[Loops.Count];
        int open = Loops.Count;
        TaskCompletionSource<T[]> all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (ProxyLoop loop in Loops)
        {
            ProxyLoop each = loop;
            each.Io.Post(() => ask(each, answer =>
            {
                answers[each.Io.Index] = answer;
                if (Interlocked.Decrement(ref open) == 0)
                {
                    all.TrySetResult(answers);
                }
            }));
        }

        return all.Task;
    }
}
