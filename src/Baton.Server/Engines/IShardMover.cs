namespace Baton.Server.Engines;

/// <summary>
/// One strategy to bring a fresh target equal to a source and let it take over. Used by one shard switch, in this order:
/// <c>Attach</c> and <c>Approach</c> (proxies serve the source), then with the hold closed <c>CatchUp</c>, <c>Fence</c>, <c>Promote</c>,
/// <c>Wake</c>, then <c>RetireOld</c>.
/// <c>Abort</c> is allowed at any time before <c>Promote</c> returned, and leaves the source serving as before.
/// </summary>
public interface IShardMover : IAsyncDisposable
{
    /// <summary>Brings the target near the source while the source serves. Returns when what is left fits into a hold.</summary>
    /// <exception cref="EngineException">It cannot be done; the source is untouched.</exception>
    Task AttachAsync(IProgress<MoveProgress> progress, CancellationToken cancellationToken);

    /// <summary>
    /// Once more brings an attached target near, before a hold is closed: time may have passed since the attach (other shards were
    /// switched).
    /// Nothing to do where the target follows by itself.
    /// </summary>
    /// <exception cref="EngineException">It is not near any more and has to be attached anew; the source is untouched.</exception>
    Task ApproachAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What is published on the source is heard on the target as well, in the same order; the target makes no events before it is promoted.</summary>
    bool HearsSource => false;

    /// <summary>What is left: bytes of replication stream, or dirty keys.</summary>
    Task<long> LagAsync(CancellationToken cancellationToken);

    /// <summary>With the hold closed and nothing in flight: returns when the target is proven equal. Bounded by the token.</summary>
    Task CatchUpAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The source takes no more writes, from anyone. Undone by <see cref="AbortAsync"/>. The order itself is awaited whatever the token says:
    /// given up, it could arrive after the abort's order to open the fence, on another connection. The wait for the proof is cancelled.
    /// </summary>
    Task FenceAsync(CancellationToken cancellationToken);

    /// <summary>The target is master. Refuses unless <see cref="CatchUpAsync"/> proved equality after which nothing was written.</summary>
    Task PromoteAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The target, promoted and listened to, expires and evicts again: until then it makes no events, and the fenced source makes none any more. Until it
    /// is called, or its limit is over, the target keeps writes waiting.
    /// </summary>
    Task WakeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// The old instance is no master any more: it follows the target when <paramref name="keepAsReplica"/>
    /// (a failover swaps roles), otherwise it is left fenced for the caller to stop.
    /// </summary>
    Task RetireOldAsync(bool keepAsReplica, CancellationToken cancellationToken);

    /// <summary>Forgets the target; the source serves as if nothing had been. Idempotent, best effort, never throws.</summary>
    Task AbortAsync();
}

/// <summary>How far a copy is.</summary>
/// <param name="Done">Keys or bytes copied.</param>
/// <param name="Total">Of how many; 0 when unknown.</param>
/// <param name="What">For people: <c>keys</c>, <c>bytes</c>, <c>waiting for the log rewrite</c>.</param>
public readonly record struct MoveProgress(long Done, long Total, string What);

/// <summary>
/// The proxies' record of keys written to one shard while a copy runs. A set is handed over only when every command recorded in it
/// has been answered, so a reader that copies the keys afterwards sees each write. With the hold closed the last set is complete.
/// </summary>
public interface IWriteTap : IAsyncDisposable
{
    /// <summary>The keys written since the last call, over all loops; completes when their commands have been answered.</summary>
    Task<WrittenKeys> TakeAsync(CancellationToken cancellationToken);
}

/// <summary>What was written.</summary>
/// <param name="Keys">Database number and key.</param>
/// <param name="WholeKeyspace">FLUSHALL, FLUSHDB, SWAPDB, or a script that names no keys: the copy must start again.</param>
/// <param name="Reason">The command that caused <paramref name="WholeKeyspace"/>.</param>
public sealed record WrittenKeys(IReadOnlyCollection<DatabaseKey> Keys, bool WholeKeyspace, string? Reason);

/// <summary>A key in a numbered database. Compares by content.</summary>
public readonly struct DatabaseKey : IEquatable<DatabaseKey>
{
    /// <summary>Creates the key; the bytes are kept, not copied.</summary>
    public DatabaseKey(int database, byte[] key) => (Database, Key) = (database, key);

    /// <summary>The SELECTed database.</summary>
    public int Database { get; }

    /// <summary>The key's bytes.</summary>
    public byte[] Key { get; }

    /// <summary>Same database and bytes.</summary>
    public static bool operator ==(DatabaseKey left, DatabaseKey right) => left.Equals(right);

    /// <summary>Another database or other bytes.</summary>
    public static bool operator !=(DatabaseKey left, DatabaseKey right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(DatabaseKey other) => Database == other.Database && Key.AsSpan().SequenceEqual(other.Key);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DatabaseKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Database);
        hash.AddBytes(Key);
        return hash.ToHashCode();
    }
}
