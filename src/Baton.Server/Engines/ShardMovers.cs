using Baton.Server.Engines.Movers;

namespace Baton.Server.Engines;

/// <summary>Chooses how a shard gets from one instance to another.</summary>
public static class ShardMovers
{
    /// <summary>
    /// Replication where both engines have it and are of one kind, otherwise a copy. The target is a fresh instance, or (replication only)
    /// an instance that already follows the source: then <see cref="IShardMover.AttachAsync"/> only waits until it is near.
    /// </summary>
    /// <param name="source">The instance that serves. Stays the caller's; the mover never stops or disposes it.</param>
    /// <param name="target">The instance that is to serve. Stays the caller's.</param>
    /// <param name="attachTap">Called once by a copy, before its first read; the mover disposes the tap. Not called by replication.</param>
    /// <param name="limits">Every bound of the move.</param>
    /// <param name="time">The clock of all bounds.</param>
    public static IShardMover Create(
        IShardEngine source, IShardEngine target, Func<Task<IWriteTap>> attachTap, MoverLimits limits, TimeProvider time) =>
        source.Capabilities.Replication && target.Capabilities.Replication && source.Capabilities.Kind == target.Capabilities.Kind
            ? new ReplicationMover(source, target, limits, time)
            : new CopyMover(source, target, attachTap, limits, time);
}
