using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;
using Baton.Server.Control;
using Baton.Server.Engines;

namespace Baton.Server.Tests.Rest;

/// <summary>The real decision core without anybody who carries out its effects: requests are validated and accepted, nothing moves.</summary>
internal sealed class FakeController(TimeProvider clock) : IClusterController
{
    private readonly Lock _gate = new();
    private volatile ClusterState _state = new() { Settings = new ClusterSettings { Name = "cluster.test" } };

    public ClusterState State
    {
        get => _state;
        set => _state = value;
    }

    public ControlAlarm? Alarm { get; set; }

    /// <summary>What ProbeShardAsync answers.</summary>
    public Func<int, CancellationToken, Task<EngineHealth?>> Probe { get; set; } =
        (_, _) => Task.FromResult<EngineHealth?>(new EngineHealth(true, 2_181_038, 12, 7, true));

    public List<ClusterRequest> Requests { get; } = [];

    public Task<RequestResult> RequestAsync(ClusterRequest request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Requests.Add(request);
            var step = ClusterStateMachine.Step(_state, new Requested(request), clock.GetUtcNow());
            _state = step.State;
            return Task.FromResult(step.RequestResult!);
        }
    }

    /// <summary>Something happened, as if an effect had been carried out.</summary>
    public void Step(ClusterEvent happened)
    {
        lock (_gate)
        {
            _state = ClusterStateMachine.Step(_state, happened, clock.GetUtcNow()).State;
        }
    }

    public Task<ClusterState> WaitForAsync(Func<ClusterState, bool> predicate, CancellationToken cancellationToken) =>
        predicate(_state) ? Task.FromResult(_state) : throw new InvalidOperationException("Nothing changes by itself here.");

    public Task<EngineHealth?> ProbeShardAsync(int shardUid, CancellationToken cancellationToken) => Probe(shardUid, cancellationToken);
}
