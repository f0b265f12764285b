using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Baton.Protocol.Maintenance;
using Baton.Server.Engines;
using Baton.Server.Proxy;

namespace Baton.TestKit.Control;

/// <summary>A data plane without data: notes what it is asked, in order, and fails where the test says so. Thread-safe.</summary>
public sealed class FakeDataPlane(TimeProvider time) : IDataPlane
{
    private readonly ConcurrentQueue<string> _calls = new();

    /// <summary>Everything asked, in order, one line each.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>The latest snapshot.</summary>
    public ProxySnapshot Snapshot { get; private set; } = ProxySnapshot.Empty;

    /// <summary>Open listeners.</summary>
    public ConcurrentDictionary<(int DatabaseUid, int NodeUid), IPEndPoint> Listeners { get; } = new();

    /// <summary>Open windows.</summary>
    public ConcurrentDictionary<(int DatabaseUid, long Sequence, int? NodeUid), MaintenanceWindow> Windows { get; } = new();

    /// <summary>Called before each call is answered; throw to make it fail.</summary>
    public Action<string> Before { get; set; } = _ => { };

    /// <summary>Calls and steps of movers, by how they are noted, that never end and do not heed a token.</summary>
    public Func<string, bool> Hangs { get; set; } = _ => false;

    /// <summary>How quiet an instance is towards its clients.</summary>
    public Func<long, ShardSilence> Silence { get; set; } = _ => new ShardSilence(TimeSpan.Zero, TimeSpan.MaxValue);

    /// <summary>Holds end by themselves at their limit, on the clock.</summary>
    public bool HoldsEndAtTheirLimit { get; set; }

    /// <summary>When set: completes what publishes from now on.</summary>
    public TaskCompletionSource? Publishing { get; set; }

    /// <summary>Makes the next holds expire when they are asked to commit.</summary>
    public bool HoldsExpire { get; set; }

    /// <summary>
    /// Which instance each route really goes to: changed by <see cref="IShardHold.SwitchAsync"/> only once a hold was closed.
    /// </summary>
    public ConcurrentDictionary<int, long> Routes { get; } = new();

    /// <inheritdoc/>
    public DataPlaneStatistics Statistics => new(0, 0, 0, 0, new Dictionary<CloseReason, long>());

    /// <inheritdoc/>
    public Task PublishAsync(ProxySnapshot snapshot)
    {
        Snapshot = snapshot;
        return Publishing?.Task ?? Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IPEndPoint> OpenListenerAsync(int databaseUid, int nodeUid, IPEndPoint address)
    {
        Note($"listen db:{databaseUid} node:{nodeUid} {address}");
        return Hangs("listen") ? new TaskCompletionSource<IPEndPoint>().Task : Listeners.TryAdd((databaseUid, nodeUid), address)
            ? Task.FromResult(address)
            : throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    /// <inheritdoc/>
    public Task CloseListenerAsync(int databaseUid, int nodeUid, CloseReason reason, TimeSpan drainLimit)
    {
        Note($"close db:{databaseUid} node:{nodeUid} {reason}");
        Listeners.TryRemove((databaseUid, nodeUid), out _);
        return Hangs("close") ? new TaskCompletionSource().Task : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<int> OpenWindowAsync(MaintenanceWindow window)
    {
        Note($"open {Describe(window.Opener)}{(window.NodeUid is { } node ? $" node:{node}" : "")}");
        Windows[(window.DatabaseUid, window.Opener.Sequence, window.NodeUid)] = window;
        return Task.FromResult(1);
    }

    /// <inheritdoc/>
    public Task<int> CloseWindowAsync(int databaseUid, long openerSequence, MaintenanceNotification? closer)
    {
        Note($"end {openerSequence} {(closer is null ? "silently" : Describe(closer))}");
        foreach ((int DatabaseUid, long Sequence, int? NodeUid) key in Windows.Keys.Where(
            k => k.DatabaseUid == databaseUid && k.Sequence == openerSequence))
        {
            Windows.TryRemove(key, out _);
        }

        return Task.FromResult(1);
    }

    /// <inheritdoc/>
    public Task<ShardSilence> SilenceAsync(int shardUid, long instanceId) => Task.FromResult(Silence(instanceId));

    /// <inheritdoc/>
    public Task<int> GiveUpSilentAsync(int shardUid, long instanceId, TimeSpan atLeast)
    {
        Note($"give up instance:{instanceId} {atLeast.TotalMilliseconds:0}ms");
        return Task.FromResult(1);
    }

    /// <inheritdoc/>
    public Task<IWriteTap> AttachTapAsync(int shardUid) => throw new NotSupportedException("The fake mover needs no tap.");

    /// <inheritdoc/>
    public Task<IShardHold> HoldAsync(int shardUid, TimeSpan limit, CancellationToken cancellationToken)
    {
        Note($"hold route:{shardUid} {limit.TotalMilliseconds}ms");
        return Task.FromResult<IShardHold>(new FakeHold(this, shardUid, HoldsEndAtTheirLimit ? new CancellationTokenSource(limit, time).Token : new(HoldsExpire)));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal void Note(string call)
    {
        _calls.Enqueue(call);
        Before(call);
    }

    private static string Describe(MaintenanceNotification notification) => notification switch
    {
        Moving m => $"MOVING {m.Sequence} {m.Target.In(MovingEndpointType.InternalIp)}",
        Migrating m => $"MIGRATING {m.Sequence} [{string.Join(",", m.ShardIds)}]",
        Migrated m => $"MIGRATED {m.Sequence} [{string.Join(",", m.ShardIds)}]",
        FailingOver m => $"FAILING_OVER {m.Sequence} [{string.Join(",", m.ShardIds)}]",
        FailedOver m => $"FAILED_OVER {m.Sequence} [{string.Join(",", m.ShardIds)}]",
        _ => notification.ToString(),
    };

    private sealed class FakeHold(FakeDataPlane plane, int route, CancellationToken expired) : IShardHold
    {
        private bool _released;

        public TimeSpan Elapsed => TimeSpan.FromMilliseconds(1.25);

        public CancellationToken Expired => expired.CanBeCanceled ? expired : new(plane.HoldsExpire);

        public bool TryCommit()
        {
            plane.Note($"commit route:{route}");
            return !plane.HoldsExpire;
        }

        public Task SwitchAsync(ShardTarget target, CancellationToken cancellationToken)
        {
            plane.Note($"switch route:{route} instance:{target.InstanceId}");
            plane.Routes[route] = target.InstanceId;
            return Task.CompletedTask;
        }

        public Task ReleaseAsync()
        {
            if (!_released)
            {
                _released = true;
                plane.Note($"release route:{route}");
            }

            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => new(ReleaseAsync());
    }
}
