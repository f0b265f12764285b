using System.Collections.Immutable;
using System.Net;
using Baton.Protocol.Commands;
using Baton.Protocol.Maintenance;
using Baton.Server.Engines;
using Baton.Server.Proxy;
using Baton.TestKit.Memory;

namespace Baton.TestKit.FakeEngine;

/// <summary>A data plane on a <see cref="MemoryDriver"/> with one database of fake engines: everything on one thread, under a seed and a virtual clock.</summary>
public sealed class ProxyWorld : IAsyncDisposable
{
    /// <summary>The database's uid.</summary>
    public const int Database = 1;

    private long _instance;
    private long _revision;

    /// <summary>Starts it.</summary>
    public ProxyWorld(int seed = 1, int shards = 1, int loops = 1, string? password = null, ProxyLimits? limits = null, EngineCapabilities? capabilities = null, long maxBufferedBytes = 0)
    {
        Capabilities = capabilities ?? Redis;
        Driver = new MemoryDriver(seed, loops);
        Plane = new DataPlane(Driver, Driver.Clock, maxBufferedBytes);
        Engines = [.. Enumerable.Range(0, shards).Select(_ => new FakeEngine(Driver, secret: "engine-secret"))];
        Route = new DatabaseRoute(
            Database, "db1", 12000, password,
            [.. Engines.Select((engine, i) => new ShardRoute(i + 1, i * 16384 / shards, ((i + 1) * 16384 / shards) - 1, TargetOf(engine)))],
            limits ?? ProxyLimits.Default);
        Publish();
        Address = Driver.RunUntil(Plane.OpenListenerAsync(Database, 1, new IPEndPoint(IPAddress.Loopback, 0)));
    }

    /// <summary>An engine that has everything.</summary>
    public static EngineCapabilities Redis { get; } = new(EngineKind.Redis, "redis 7.0.15", CommandTable.Redis, true, true, true, true);

    /// <summary>The driver, with the clock and the seed.</summary>
    public MemoryDriver Driver { get; }

    /// <summary>What is tested.</summary>
    public DataPlane Plane { get; }

    /// <summary>What the shards' engines can do.</summary>
    public EngineCapabilities Capabilities { get; }

    /// <summary>The master of each shard now.</summary>
    public FakeEngine[] Engines { get; }

    /// <summary>The database's row in the snapshot.</summary>
    public DatabaseRoute Route { get; private set; }

    /// <summary>The cluster's switch for notifications.</summary>
    public bool Notifications { get; private set; } = true;

    /// <summary>Node 1's listener.</summary>
    public IPEndPoint Address { get; }

    /// <summary>A new client connection.</summary>
    public MemoryClient Connect(IPEndPoint? address = null) => new(Driver, address ?? Address);

    /// <summary>A new client connection in RESP3.</summary>
    public MemoryClient ConnectResp3(IPEndPoint? address = null)
    {
        MemoryClient client = Connect(address);
        client.Ask("HELLO", "3");
        return client;
    }

    /// <summary>A new client connection in RESP3, opted in.</summary>
    public MemoryClient ConnectOptedIn(IPEndPoint? address = null)
    {
        MemoryClient client = ConnectResp3(address);
        client.Ask("CLIENT", "MAINT_NOTIFICATIONS", "ON");
        return client;
    }

    /// <summary>Changes the database's row or the switch, and publishes.</summary>
    public void Publish(Func<DatabaseRoute, DatabaseRoute>? change = null, bool? notifications = null)
    {
        Route = change?.Invoke(Route) ?? Route;
        Notifications = notifications ?? Notifications;
        Driver.RunUntil(Plane.PublishAsync(new ProxySnapshot(
            ++_revision, Notifications, ImmutableDictionary<int, DatabaseRoute>.Empty.Add(Database, Route))));
    }

    /// <summary>An engine as a target.</summary>
    public ShardTarget TargetOf(FakeEngine engine) => new(++_instance, engine.Address, "engine-secret", Capabilities);

    /// <summary>Closes the hold on a shard.</summary>
    public IShardHold Hold(int shard = 1, int limitMs = 500) =>
        Driver.RunUntil(Plane.HoldAsync(shard, TimeSpan.FromMilliseconds(limitMs), CancellationToken.None));

    /// <summary>A fresh engine with a copy of a shard's data, the old one fenced: as the movers leave it.</summary>
    public FakeEngine Successor(int shard = 1)
    {
        FakeEngine old = Engines[shard - 1];
        FakeEngine next = new(Driver, old.Store.Copy(), "engine-secret");
        old.IsFenced = true;
        Engines[shard - 1] = next;
        return next;
    }

    /// <summary>An engine that follows a shard's, for what is made ready before a hold: it hears what is published, and gets the data in the hold.</summary>
    public (FakeEngine Engine, ShardTarget Target) Follower(int shard = 1, bool hearsSource = true)
    {
        FakeEngine next = new(Driver, secret: "engine-secret");
        Engines[shard - 1].Replica = hearsSource ? next : null;
        return (next, TargetOf(next));
    }

    /// <summary>With the hold closed: the follower has all the data, the one before is fenced. Commits and switches; the release is left to the caller.</summary>
    public void SwitchTo(IShardHold hold, FakeEngine next, ShardTarget target, int shard = 1)
    {
        FakeEngine old = Engines[shard - 1];
        next.Store.CopyFrom(old.Store);
        (old.IsFenced, old.Replica, Engines[shard - 1]) = (true, null, next);
        if (!hold.TryCommit())
        {
            throw new InvalidOperationException("The hold had expired.");
        }

        Driver.RunUntil(hold.SwitchAsync(target, CancellationToken.None));
        Publish(route => route with { Shards = route.Shards.SetItem(shard - 1, route.Shards[shard - 1] with { Target = target }) });
    }

    /// <summary>Hold, copy, fence, switch, release: a whole shard switch.</summary>
    public FakeEngine Switch(int shard = 1)
    {
        IShardHold hold = Hold(shard);
        FakeEngine next = Successor(shard);
        if (!hold.TryCommit())
        {
            throw new InvalidOperationException("The hold had expired.");
        }

        ShardTarget target = TargetOf(next);
        Driver.RunUntil(hold.SwitchAsync(target, CancellationToken.None));
        Publish(route => route with { Shards = route.Shards.SetItem(shard - 1, route.Shards[shard - 1] with { Target = target }) });
        Driver.RunUntil(hold.ReleaseAsync());
        return next;
    }

    /// <summary>Opens a window; returns how many were told.</summary>
    public int OpenWindow(MaintenanceNotification opener, int seconds, int? node = null) => Driver.RunUntil(Plane.OpenWindowAsync(
        new MaintenanceWindow(Database, node, opener, Driver.Clock.GetUtcNow().AddSeconds(seconds))));

    /// <summary>Closes a window; returns how many were told.</summary>
    public int CloseWindow(long sequence, MaintenanceNotification? closer) =>
        Driver.RunUntil(Plane.CloseWindowAsync(Database, sequence, closer));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
