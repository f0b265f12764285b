using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Baton.Cluster.Operations;

namespace Baton.Cluster.Model;

/// <summary>
/// One change, from request (or the death of a master) to its last effect. Each operation derives a record with its own phase and fields in
/// <c>Operations/&lt;Operation&gt;/</c>; this is what all have in common and what REST shows.
/// </summary>
[JsonDerivedType(typeof(CreateDatabaseOperation), "create")]
[JsonDerivedType(typeof(DeleteDatabaseOperation), "delete")]
[JsonDerivedType(typeof(MigrateShardsOperation), "migrate")]
[JsonDerivedType(typeof(FailoverShardsOperation), "failover")]
[JsonDerivedType(typeof(BindEndpointOperation), "bind")]
[JsonDerivedType(typeof(UnplannedFailoverOperation), "unplanned-failover")]
public abstract record OperationState
{
    /// <summary>Cluster-unique; effects carry it.</summary>
    public required long Id { get; init; }

    /// <summary>REST <c>action_uid</c>, a GUID-shaped text made from the id and the cluster.</summary>
    public required string ActionUid { get; init; }

    /// <summary>
    /// For people and REST: <c>migrate</c>, <c>renew</c>, <c>failover</c>, <c>unplanned-failover</c>, <c>bind</c>, <c>create</c>, <c>update</c>,
    /// <c>delete</c>.
    /// </summary>
    public abstract string Name { get; }

    /// <summary>The database it changes.</summary>
    public required int DatabaseUid { get; init; }

    /// <summary>Pending, running or how it ended.</summary>
    public OperationStatus Status { get; init; } = OperationStatus.Active;

    /// <summary>The phase's name, for people.</summary>
    public abstract string PhaseName { get; }

    /// <summary>True when its last effect is over, however it ended.</summary>
    [JsonIgnore]
    public bool IsFinished => Status is OperationStatus.Completed or OperationStatus.Failed;

    /// <summary>True when an instance is in its hands, or was: it moves shards from it or to it, or lets it take over.</summary>
    public virtual bool Names(long instanceId) => false;

    /// <summary>0-100.</summary>
    public int Progress { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When its last effect was over.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it failed or was rolled back; for the operator.</summary>
    public string? Error { get; init; }

    /// <summary>How long each shard's commands were held, in milliseconds, by shard uid; the last try counts.</summary>
    public ImmutableSortedDictionary<int, double> HoldMs { get; init; } = ImmutableSortedDictionary<int, double>.Empty;

    /// <summary>Of the nodes that are bound to its database, those that will not be when it is over: no place to connect to any more.</summary>
    public virtual ImmutableSortedSet<int> Leaving(ImmutableSortedSet<int> boundNodes) => [];

    /// <summary>How many times a switch was tried again after its hold ran out.</summary>
    public int Retries { get; init; }
}

/// <summary>REST: <c>pending</c>, <c>active</c>, <c>completed</c>, <c>failed</c>.</summary>
public enum OperationStatus
{
    /// <summary>Waits.</summary>
    Pending,

    /// <summary>Under way.</summary>
    Active,

    /// <summary>Its last effect is over.</summary>
    Completed,

    /// <summary>It was rolled back (or could not be), and <see cref="OperationState.Error"/> says why.</summary>
    Failed,
}
