using Baton.Server.Engines;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// An <see cref="IShardPassenger"/> that must be on the new master before the first command is, and so is made ready on it before the hold: subscriptions,
/// MONITOR. What was not made ready in time is done inside it. Belongs to its loop's thread.
/// </summary>
internal interface IPreparedPassenger : IShardPassenger
{
    /// <summary>
    /// Makes a link to the target. <paramref name="mark"/> is what both masters' links hear (null: the target does not hear what the master publishes).
    /// <paramref name="subscribed"/> when something may be published there, <paramref name="marked"/> when it is ready; each once, also when
    /// it did not succeed.
    /// </summary>
    void MakeReady(ShardTarget target, byte[]? mark, Action subscribed, Action marked);

    /// <summary>What was made ready for another target than this is of no use any more.</summary>
    void Forget(ShardTarget target);
}
