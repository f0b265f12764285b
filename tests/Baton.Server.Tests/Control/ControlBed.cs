using System.Collections.Immutable;
using System.Net;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;
using Baton.Server.Control;
using Baton.Server.Engines;
using Baton.Server.Store;
using Baton.TestKit.Control;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Baton.Server.Tests.Control;

/// <summary>A controller with fake proxies and engines on a virtual clock.</summary>
internal sealed class ControlBed : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);


    private readonly bool _ownsDirectory;

    private ControlBed(IClusterStore store, string? directory)
    {
        Store = store;
        _ownsDirectory = directory is null;
        DataDirectory = directory ?? Directory.CreateTempSubdirectory("baton-control-").FullName;
        Plane = new FakeDataPlane(Time);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public FakeDataPlane Plane { get; }

    public FakeEngineFactory Redis { get; } = new(EngineKind.Redis);

    public FakeEngineFactory Garnet { get; } = new(EngineKind.Garnet);

    public IClusterStore Store { get; }

    public ControlFeed Feed { get; } = new();

    public string DataDirectory { get; }

    public TakenPorts Ports { get; } = new();

    public ClusterController Controller { get; private set; } = null!;

    public static ClusterState ThreeNodes { get; } = new()
    {
        Settings = new ClusterSettings { Name = "cluster.local", DefaultEngine = "redis" },
        Nodes = Enumerable.Range(1, 3).ToImmutableSortedDictionary(n => n, n => new NodeState { Uid = n, Address = $"127.0.0.{10 + n}" }),
    };

    public static async Task<ControlBed> StartAsync(
        IClusterStore? store = null, Task? beforeFirstHold = null, ControlLimits? limits = null, string? directory = null)
    {
        ControlBed bed = new(store ?? new MemoryClusterStore(), directory);
        bed.Controller = await ClusterController.StartAsync(
            new ControlParts
            {
                Store = bed.Store,
                DataPlane = bed.Plane,
                Engines = new Dictionary<string, IEngineFactory> { ["redis"] = bed.Redis, ["garnet"] = bed.Garnet },
                Time = bed.Time,
                Limits = limits ?? ControlLimits.Default,
                DataDirectory = bed.DataDirectory,
                Feed = bed.Feed,
                Ports = bed.Ports,
                BeforeFirstHold = beforeFirstHold ?? Task.CompletedTask,
                Movers = (source, target, _, _) => new FakeMover(bed.Plane, source, target),
            },
            ThreeNodes);
        return bed;
    }

    public Task<RequestResult> RequestAsync(ClusterRequest request) =>
        Controller.RequestAsync(request, TestContext.Current.CancellationToken);

    /// <summary>Lets virtual time pass until the state satisfies the predicate.</summary>
    public async Task<ClusterState> RunUntilAsync(Func<ClusterState, bool> predicate)
    {
        using CancellationTokenSource patience = new(Patience);
        Task<ClusterState> waiting = Controller.WaitForAsync(predicate, patience.Token);
        while (!waiting.IsCompleted)
        {
            await Task.WhenAny(waiting, Task.Delay(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken));
            Time.Advance(Tick);
        }

        return await waiting;
    }

    /// <summary>Lets virtual time pass, slowly enough for everybody to do something at each moment of it.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += Tick)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken);
            Time.Advance(Tick);
        }
    }

    /// <summary>Lets virtual time pass until something holds that is no part of the state.</summary>
    public async Task PassUntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource patience = new(Patience);
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), patience.Token);
            Time.Advance(Tick);
        }
    }

    /// <summary>What was said and not read yet.</summary>
    public IReadOnlyList<FeedEntry> FeedSoFar() => Feed.ReadAvailable();

    public async Task<OperationState> FinishAsync(ClusterRequest request)
    {
        RequestResult result = await RequestAsync(request);
        Assert.Empty(result.Errors);
        string action = Assert.Single(result.ActionUids);
        ClusterState state = await RunUntilAsync(s => s.Operations.Values.Any(o => o.ActionUid == action && o.IsFinished));
        return state.Operations.Values.Single(o => o.ActionUid == action);
    }

    public async Task CreateAsync(CreateDatabase request)
    {
        OperationState created = await FinishAsync(request);
        Assert.Null(created.Error);
    }

    /// <summary>The calls the data plane and the movers got since the last time.</summary>
    public string[] NewCalls()
    {
        string[] calls = [.. Plane.Calls.Skip(_seen)];
        _seen += calls.Length;
        return calls;
    }

    private int _seen;

    public async ValueTask DisposeAsync()
    {
        await Controller.DisposeAsync();
        if (_ownsDirectory)
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    internal sealed class TakenPorts : IPortProbe
    {
        public int? Taken { get; set; }

        public bool IsFree(IPEndPoint address) => address.Port != Taken;

        public int AnyFree(IPAddress address) => 12000;
    }
}
