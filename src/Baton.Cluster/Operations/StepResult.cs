using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Operations;

/// <summary>What one event led to.</summary>
/// <param name="State">The new state; the same object when nothing changed.</param>
/// <param name="Effects">To be carried out, in order, after the state is stored.</param>
/// <param name="RequestResult">The answer, for <see cref="Requested"/> only.</param>
/// <param name="Durable">False when the change need not be stored (progress figures).</param>
public sealed record StepResult(
    ClusterState State, ImmutableArray<ClusterEffect> Effects, RequestResult? RequestResult = null, bool Durable = true);
