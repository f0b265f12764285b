using Baton.Cluster.Model;
using Baton.Cluster.Requests;

namespace Baton.Server.Control;

/// <summary>The one writer of the cluster state, as REST and the command line see it. Thread-safe.</summary>
public interface IClusterController
{
    /// <summary>The latest state: stored, but for what a start would find out again by itself.</summary>
    ClusterState State { get; }

    /// <summary>What keeps the cluster from changing now, for the operator; null when nothing does.</summary>
    ControlAlarm? Alarm { get; }

    /// <summary>
    /// Validates, stores and starts a request. Completes when it is accepted (or refused), not when its operation is over.
    /// </summary>
    Task<RequestResult> RequestAsync(ClusterRequest request, CancellationToken cancellationToken);

    /// <summary>Completes when the state satisfies the predicate (checked now and after each change).</summary>
    Task<ClusterState> WaitForAsync(Func<ClusterState, bool> predicate, CancellationToken cancellationToken);

    /// <summary>Live figures of a shard's instance, or null while it does not answer.</summary>
    Task<Engines.EngineHealth?> ProbeShardAsync(int shardUid, CancellationToken cancellationToken);
}
