using System.Collections.Immutable;
using System.Net;

namespace Baton.Server.Engines;

/// <summary>Starts engine instances of one kind. Thread-safe.</summary>
public interface IEngineFactory
{
    /// <summary>The kind it starts.</summary>
    EngineKind Kind { get; }

    /// <summary>Starts an instance and waits until it answers with its data loaded. Cleans up after itself when it fails.</summary>
    /// <exception cref="EngineException">It did not come up; the message says why and what to do.</exception>
    Task<IShardEngine> StartAsync(ShardSpec spec, CancellationToken cancellationToken);
}

/// <summary>One running engine instance. Thread-safe. Disposing stops it hard and is idempotent; data on disk stays.</summary>
public interface IShardEngine : IAsyncDisposable
{
    /// <summary>What it was started with.</summary>
    ShardSpec Spec { get; }

    /// <summary>Where it listens now.</summary>
    EndPoint Address { get; }

    /// <summary>What it can do.</summary>
    EngineCapabilities Capabilities { get; }

    /// <summary>What was given it last.</summary>
    ShardSettings Settings { get; }

    /// <summary>Completes with the reason when the instance ends without having been asked to.</summary>
    Task<string> Died { get; }

    /// <summary>Memory, keys, role, offset. Bounded by <paramref name="cancellationToken"/>.</summary>
    Task<EngineHealth> ProbeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Any answer, as soon as it can be had: what <see cref="ProbeAsync"/> tells, or less where that takes long. An engine that a script keeps
    /// busy answers too: with an <see cref="EngineException"/> that says so.
    /// </summary>
    Task<EngineHealth> SignOfLifeAsync(CancellationToken cancellationToken) => ProbeAsync(cancellationToken);

    /// <summary>Processor time the engine has used so far, where it is a process of its own: one that works without answering lives. Else null.</summary>
    TimeSpan? ProcessorTime => null;

    /// <summary>
    /// For an engine whose log this process can read: the keys in it up to where it ends at the first one, which are at least all there are then.
    /// They may repeat, and may be gone. Reading waits for the disk. Null for any other engine: its keys are found with SCAN.
    /// </summary>
    IEnumerable<LoggedKey>? LoggedKeys(int database) => null;

    /// <summary>
    /// Makes the instance a replica of <paramref name="master"/>, or points a replica at its new master. Returns when the engine
    /// has taken the order; <see cref="ProbeAsync"/> tells when the copy is complete (<see cref="EngineHealth.LinkUp"/>).
    /// What it held before is replaced.
    /// Not remembered over a restart: a restarted replica must be told again. Idempotent: following the same master twice changes nothing.
    /// </summary>
    /// <exception cref="EngineException">The engine has no replicas (its capabilities say so), or did not take the order.</exception>
    Task FollowAsync(IShardEngine master, CancellationToken cancellationToken);

    /// <summary>Makes a replica a master that takes writes, with the data it has. Idempotent.</summary>
    /// <exception cref="EngineException">The engine has no replicas, or did not take the order.</exception>
    Task PromoteAsync(CancellationToken cancellationToken);

    /// <summary>Ends it hard, as if it had died by itself: <see cref="Died"/> completes with the reason. Its data stays.</summary>
    Task EndAsync(string reason);

    /// <summary>
    /// Size, eviction policy and clients' settings, in force when this returns. Idempotent. A setting the engine refuses does not keep the
    /// others from taking effect.
    /// </summary>
    /// <exception cref="EngineException">It does not answer, or refuses a setting; the message names it.</exception>
    Task ConfigureAsync(ShardSettings settings, CancellationToken cancellationToken);

    /// <summary>Flushes what persistence promises and ends. Bounded by a named limit, then hard.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}

/// <summary>One look at an instance.</summary>
/// <param name="IsMaster">False while it follows another.</param>
/// <param name="UsedMemoryBytes">As the engine counts it.</param>
/// <param name="Keys">Over all numbered databases.</param>
/// <param name="ReplicationOffset">-1 when the engine has none.</param>
/// <param name="LinkUp">For a replica: the link to its master is up and the first copy is complete.</param>
public sealed record EngineHealth(bool IsMaster, long UsedMemoryBytes, long Keys, long ReplicationOffset, bool LinkUp)
{
    /// <summary>For a master: how far each replica has said to be, by the address it serves at; 0 = it has said nothing yet.</summary>
    public IReadOnlyDictionary<string, long> Acknowledged { get; init; } = ImmutableDictionary<string, long>.Empty;
}

/// <summary>An engine did not do what was asked. The message is for the operator.</summary>
public sealed class EngineException : Exception
{
    /// <summary>Creates the exception.</summary>
    public EngineException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The engine lives and says that a script keeps it from answering (<c>-BUSY</c>): whoever can wait should ask again.</summary>
    public bool IsBusy { get; init; }
}
